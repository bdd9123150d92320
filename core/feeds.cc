#include "core/feeds.hh"

namespace titip {

// Nobody is told of anything yet.
FeedSource::FeedSource(const ReadTxn&, const Registry&, const NodeState&, Incarnation) {}
Head FeedSource::head() const { return {}; }
std::optional<Hash> FeedSource::hash_at(Seq) const { return Hash{}; }
StreamItems FeedSource::read(Seq from, std::size_t, std::size_t) const { return {{}, from}; }
std::uint64_t resume_feed(const ReadTxn&, const Position& held) { return held.offset; }

}  // namespace titip
