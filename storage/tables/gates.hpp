#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

std::vector<Gate> read_gates(Database&);
/// True when the gate was not there before (or, opening it, was).
bool change_gate(Database&, const GateChange&);
/// What a change comes to, one gate at a time: who ends the pause of everything ends every pause.
std::vector<GateChange> each_of(Database&, const GateChange&);
/// Opens what the wire closed because a collection refused everything.
void open_refused(Database&, std::string_view collection);

}  // namespace lodge::storage
