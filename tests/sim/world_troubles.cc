// What goes wrong from day to day: links, disks, clocks, restarts.

#include "tests/sim/world.hh"

namespace titip {

namespace {

constexpr TimeMs hour_ms = 60 * 60'000;

}  // namespace

void SimWorld::something_happens() {
  const auto what = random_.below(diallers_.size() + 1);
  if (what == diallers_.size()) return something_happens_to_the_hub(any_running_hub());
  if (diallers_[what]->started()) something_happens_to(*diallers_[what]);
}

void SimWorld::something_happens_to(SimDialler& dialler) {
  const auto name = dialler.member().label();
  switch (random_.between(0, 5)) {
    case 0:
    case 1:
      if (!may_.has(Trouble::cuts)) return;
      tell("the link of " + name + " is cut");
      return network_->cut(dialler.index());
    case 2:
      if (!may_.has(Trouble::reach)) return;
      tell(name + " is out of reach");
      network_->reach(dialler.index(), false);
      return agenda_.after(
          random_.chance(700) ? random_.between(1'000, 600'000) : random_.between(1, 72) * hour_ms,
          [this, i = dialler.index()] { network_->reach(i, true); });
    case 3:
      if (!may_.has(Trouble::restarts)) return;
      tell(name + " starts again");
      return dialler.start(random_.chance(500));
    case 4:
      if (!may_.has(Trouble::full)) return;
      tell("the disk of " + name + " is full");
      return fill_for_a_while([&dialler](bool full) { dialler.fill(full); });
    default:
      if (!may_.has(Trouble::clocks)) return;
      tell("the clock of " + name + " is set");
      return dialler.step_clock(random_.between(-7'200'000, 7'200'000));
  }
}

void SimWorld::something_happens_to_the_hub(std::size_t number) {
  auto& hub = *hubs_[number];
  switch (random_.between(0, 3)) {
    case 0:
      if (!may_.has(Trouble::full)) return;
      tell("the hub's disk is full");
      return fill_for_a_while([&hub](bool full) { hub.fill(full); });
    case 1:
      if (!may_.has(Trouble::full)) return;
      tell("the hub is low on room");
      return fill_for_a_while([&hub](bool low) { hub.low(low); });
    default:
      if (!may_.has(Trouble::restarts)) return;
      tell("the hub starts again");
      network_->hub_died(number);
      return hub.start();
  }
}

void SimWorld::fill_for_a_while(std::function<void(bool full)> fill) {
  fill(true);
  agenda_.after(random_.between(1'000, 300'000), [fill = std::move(fill)] { fill(false); });
}

}  // namespace titip
