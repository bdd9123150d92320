#include "core/hub_answers.hh"

namespace titip {

void send_to(HubActions& actions, const std::string& route, const Frame& frame) {
  actions.send.push_back({route, encode_frame(frame)});
}

RefuseMessage refusal_message(RefuseReason reason, std::uint64_t nonce,
                              std::uint32_t retry_after_ms) {
  RefuseMessage refuse;
  refuse.reason = reason;
  refuse.nonce = nonce;
  refuse.retry_after_ms = retry_after_ms;
  return refuse;
}

RefuseMessage undecodable_message(const BatchMessage& batch, std::uint64_t nonce) {
  auto refuse = refusal_message(RefuseReason::undecodable, nonce);
  refuse.stream = batch.stream;
  refuse.from = batch.from;
  refuse.to = batch.to;
  return refuse;
}

// What an order weighs while it waits for the store.
std::size_t weight(const HelloMessage& hello) {
  return limits::kib + (hello.first ? hello.first->body.size() : 0);
}

std::size_t weight(const HubOrder& order) {
  if (const auto* greeting = std::get_if<GreetOrder>(&order)) return weight(greeting->hello);
  const auto all = [](const std::vector<BatchEvent>& items) {
    std::size_t bytes = 0;
    for (const auto& item : items) bytes += item.bytes.size();
    return bytes;
  };
  if (const auto* append = std::get_if<AppendOrder>(&order)) return all(append->append.events);
  if (const auto* back = std::get_if<HandBackOrder>(&order)) return all(back->back.items);
  return limits::kib;  // an enrolment, an acknowledgement or a question
}

AckMessage acknowledgement(const StreamName& stream, const Head& have,
                           std::vector<Outcome> outcomes, Seq safe) {
  if (outcomes.size() > limits::outcomes_per_frame_max) {
    outcomes.resize(limits::outcomes_per_frame_max);  // the rest repeat in the next Welcome
  }
  return {stream, have.seq, have.hash, std::move(outcomes), safe, false};
}

}  // namespace titip
