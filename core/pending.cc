#include "core/pending.hh"

#include <utility>

#include "core/feeds.hh"
#include "core/node_events.hh"

namespace titip {

std::optional<NodeState> take_pending(WriteTxn& txn, const Certificate& certificate) {
  if (certificate.node == 0 || certificate.device_public_key.size() != 32) return std::nullopt;
  if (find_node(txn, certificate.node)) return std::nullopt;
  if (find_node_of_key(txn, certificate.device_public_key)) return std::nullopt;
  auto node = begin_node(txn, certificate.node);
  node.public_key = certificate.device_public_key;
  node.kind = certificate.kind;
  node.facility = certificate.facility;
  node.name = certificate.name;
  node.area = certificate.area;
  node.scope = certificate.scope;
  node.enrolled_at = certificate.issued;
  node.pending = true;
  put_node(txn, node);
  return node;
}

Result<std::vector<NodeState>> confirm(WriteTxn& txn, std::string_view name,
                                       const HubContext& context) {
  std::vector<NodeState> chosen;
  if (name.empty()) {
    chosen = all_nodes(txn);
  } else {
    auto named = node_named(txn, name);
    if (!named) return named.refusal();
    chosen.push_back(std::move(*named));
  }
  std::erase_if(chosen, [](const NodeState& node) { return !node.pending; });
  for (auto& node : chosen) {
    node.pending = false;
    put_node(txn, node);
    append_own(txn, confirmation_event(context.registry, node, context.now), context);
    Feeds(txn, context.registry).nodes_changed(node.id);
  }
  return chosen;
}

}  // namespace titip
