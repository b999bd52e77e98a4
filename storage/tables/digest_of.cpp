#include <openssl/evp.h>

#include <memory>
#include <new>

#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

/// What is asked for once is not looked up again: OpenSSL's search costs more than a short hash.
const EVP_MD* sha256() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (found != nullptr) return found;
  throw Error(Errc::io,
              "This system's OpenSSL offers no SHA-256, by which every text is recognised. Check "
              "its configuration.");
}

EVP_MD_CTX* context() {
  struct Free {
    void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
  };
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> own(EVP_MD_CTX_new());
  if (!own) throw std::bad_alloc();
  return own.get();
}

}  // namespace

Digest digest_of(std::string_view bytes) {
  Digest digest;
  EVP_MD_CTX* const at = context();
  if (EVP_DigestInit_ex2(at, sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(at, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(at, digest.bytes.data(), nullptr) != 1)
    throw std::bad_alloc();  // there is no other reason
  return digest;
}

}  // namespace lodge::storage
