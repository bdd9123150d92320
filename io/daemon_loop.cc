#include "io/daemon_loop.hh"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>

#include "io/log.hh"

namespace titip {

struct DaemonLoop::Impl {
  Impl(boost::asio::io_context& io, Store& of) : loop(io), store(of) {}

  boost::asio::io_context& loop;
  Store& store;
  boost::asio::signal_set signals{loop, SIGTERM, SIGINT};
  boost::asio::steady_timer minute{loop};
  boost::asio::steady_timer ending{loop};
  std::function<bool()> busy;
  int turns_left = 100;
  std::exception_ptr failure;

  // Looks again each 50 ms whether the writer has finished; one more turn lets its answers go out.
  void end_when_idle(bool idle_before) {
    const bool idle = !busy || !busy();
    if ((idle && idle_before) || --turns_left == 0) return loop.stop();
    ending.expires_after(std::chrono::milliseconds(50));
    ending.async_wait([this, idle](const boost::system::error_code& error) {
      if (!error) end_when_idle(idle);
    });
  }

  void each_minute() {
    minute.expires_after(std::chrono::minutes(1));
    minute.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      store.check_readers();
      each_minute();
    });
  }
};

DaemonLoop::DaemonLoop(boost::asio::io_context& loop, Store& store)
    : impl_(std::make_unique<Impl>(loop, store)) {
  impl_->signals.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    log_info("store", "asked to end: finishing what is being saved");
    impl_->end_when_idle(false);
  });
  impl_->each_minute();
}

DaemonLoop::~DaemonLoop() = default;

std::function<void(std::exception_ptr)> DaemonLoop::on_failure() {
  return [this](std::exception_ptr failure) {
    impl_->failure = std::move(failure);
    impl_->loop.stop();
  };
}

void DaemonLoop::run(std::function<bool()> busy) {
  impl_->busy = std::move(busy);
  impl_->loop.run();
  if (impl_->failure) std::rethrow_exception(impl_->failure);
}

}  // namespace titip
