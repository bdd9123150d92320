#pragma once

namespace titip {

class SimWorld;

// No write vanishes unseen: the hub's frontiers are worked out anew from its whole journal, pair by
// pair, by the words of replication.md sections 2 and 3. Fields under review are left out: what
// stands there depends on what each author saw standing.
void judge_frontiers(SimWorld& world);

}  // namespace titip
