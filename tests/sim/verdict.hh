#pragma once

namespace titip {

class SimWorld;

// What must hold once nothing goes wrong any more; each fault goes to the world's watch.
void judge(SimWorld& world);

}  // namespace titip
