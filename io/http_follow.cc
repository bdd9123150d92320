#include "io/http_follow.hh"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

namespace titip {

class HttpFollowers::Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(const HttpFollowers& of, std::uint64_t position, ReadFollowed read)
      : heartbeat_(of.heartbeat_),
        every_(of.every_),
        position_(position),
        read_(std::move(read)),
        timer_(of.loop_) {}

  void pull(HttpMore more) {
    more_ = std::move(more);
    timer_.expires_after(every_);
    timer_.async_wait([follower = weak_from_this()](const boost::system::error_code& error) {
      const auto self = follower.lock();
      if (!error && self && self->more_) self->give(self->heartbeat_);
    });
    read_on();
  }

  void read_on() {
    if (!more_) return;  // its last part is still being written
    auto part = read_(position_);
    position_ = part.next;
    if (!part.text.empty()) give(std::move(part.text));
  }

 private:
  void give(std::string text) {
    timer_.cancel();
    std::exchange(more_, nullptr)(std::move(text));
  }

  std::string heartbeat_;
  std::chrono::milliseconds every_;
  std::uint64_t position_;
  ReadFollowed read_;
  HttpMore more_;  // set while it waits
  boost::asio::steady_timer timer_;
};

HttpPull HttpFollowers::follow(std::uint64_t position, ReadFollowed read) {
  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  const auto follower = std::make_shared<Follower>(*this, position, std::move(read));
  followers_.push_back(follower);
  return [follower](HttpMore more) { follower->pull(std::move(more)); };
}

void HttpFollowers::wake() {
  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  const auto all = followers_;  // one that ends meanwhile may make another begin
  for (const auto& each : all) {
    if (const auto follower = each.lock()) follower->read_on();
  }
}

std::size_t HttpFollowers::count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(followers_, [](const auto& follower) { return !follower.expired(); }));
}

}  // namespace titip
