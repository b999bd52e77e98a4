#pragma once

namespace lodge::demo {

/// How many forms each part of the day gets, and what people do besides.
struct DayPlan {
  // New forms; together they are the rows.
  int morning = 0;
  int link_down = 0;
  int flapping = 0;
  int portal = 0;
  int busy = 0;
  int lossy = 0;
  int deferred = 0;  ///< filed for an earlier day, in a lane of their own
  int killed = 0;    ///< filed by a program that is killed

  // Further submissions.
  int refused = 0;      ///< of the morning: with a slip that the server refuses, then amended
  int doubled = 0;      ///< submitted twice by a double click: no submission of their own
  int followers = 0;    ///< changed again while the first is still waiting
  int withdrawals = 0;  ///< taken back while the link is down
  int removals = 0;
  int disjoint = 0;     ///< somebody else changed other members meanwhile
  int overlapping = 0;  ///< somebody else changed the same member
  int gone = 0;         ///< somebody else removed the record

  /// What the store holds in the end: each resolution but "theirs" is a submission too.
  [[nodiscard]] int submissions() const;
  [[nodiscard]] int rows() const;
};

/// 60 rows or more.
DayPlan plan_day(int rows);

}  // namespace lodge::demo
