#pragma once

// A hub with one node, its sessions, and that node's agent as frames say it.

#include "core/hub_sessions.hh"
#include "replication_fixture.hh"

namespace titip::test {

class HubSessionsTest : public testing::Test {
 protected:
  HubSessionsTest() { sessions_.load_directory(*hub_.store.read()); }

  HubActions frame(const std::string& route, const Frame& frame, char key = 'k') {
    return sessions_.frame(route, std::string(32, key), encode_frame(frame), hub_time);
  }
  HubActions store(const HubOrder& order) {
    return sessions_.stored(order, hub_.perform(order), hub_time);
  }
  // All orders made durable one after another; what was said to the peers. What a connection was
  // told whose place another Hello took stands in `replaced_`.
  std::vector<HubActions::Send> settle(HubActions actions) {
    auto sent = std::move(actions.send);
    for (const auto& order : actions.store) {
      const auto* greeting = std::get_if<GreetOrder>(&order);
      std::erase_if(sent, [&](const HubActions::Send& send) {
        const bool replaced = greeting != nullptr && send.route != greeting->route;
        if (replaced) replaced_.push_back(send);
        return replaced;
      });
      for (auto& send : store(order).send) sent.push_back(std::move(send));
    }
    return sent;
  }
  WelcomeMessage greet(const std::string& route, std::uint64_t nonce = 1) {
    const auto sent = settle(frame(route, agent_.hello(nonce)));
    EXPECT_THAT(sent, testing::SizeIs(1));
    return sent.empty() ? WelcomeMessage{} : said<WelcomeMessage>(sent[0].frame);
  }
  Seq stored_seq(Lane lane, NodeId id = 7) {
    auto node = find_node(*hub_.store.read(), id).value();
    return node.lane(incarnation, lane).have.seq;
  }

  HubStore hub_;
  AgentStore agent_;
  std::vector<HubActions::Send> replaced_;
  HubSessions sessions_{1, [](std::string_view) { return std::string(64, 's'); }};
};

}  // namespace titip::test
