#pragma once

namespace titip {

class SimWorld;

// No write vanishes unseen: the hub's frontiers are worked out anew from its whole journal, pair by
// pair. What does not stand must have been truly seen, as the simulator itself noted when the
// other write was saved. Without disasters, exactly what the words of replication.md sections 2
// and 3 say stands (but for fields under review, where that depends on what each author saw).
void judge_frontiers(SimWorld& world);

}  // namespace titip
