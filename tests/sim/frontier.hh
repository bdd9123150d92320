#pragma once

namespace titip {

class SimWorld;

// No write vanishes unseen: every record of the hub is worked out anew from its whole journal, pair by
// pair (tests/sim/naive_hub.hh), whatever clocks show: which writes stand in each field, which of
// them is shown, whether it lives and is under review. Where the hub learnt of a lost history or of a
// device's lives only later, more may stand than need to. What does not stand must have been truly
// seen, as the simulator itself noted when the other write was saved.
void judge_frontiers(SimWorld& world);

}  // namespace titip
