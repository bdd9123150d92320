#include "io/daemon_loop.hh"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>

#include "io/log.hh"
#include "io/notify.hh"

namespace titip {

struct DaemonLoop::Impl {
  Impl(boost::asio::io_context& io, Store& of) : loop(io), store(of) {}

  boost::asio::io_context& loop;
  Store& store;
  boost::asio::signal_set signals{loop, SIGTERM, SIGINT};
  boost::asio::steady_timer minute{loop};
  boost::asio::steady_timer ending{loop};
  boost::asio::steady_timer watchdog{loop};
  const Writer* writer = nullptr;  // of run()
  WriterProgress progress;
  int turns_left = 100;
  std::exception_ptr failure;

  // Looks again each 50 ms whether the writer has finished; one more turn lets its answers go out.
  void end_when_idle(bool idle_before) {
    const bool idle = writer->waiting() == 0;
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

  void feed_watchdog(std::chrono::microseconds period) {
    watchdog.expires_after(period);
    watchdog.async_wait([this, period](const boost::system::error_code& error) {
      if (error) return;
      if (progress.goes_on(writer->waiting(), writer->finished())) {
        notify_alive();
      } else {
        log_error("store", "the disk has not finished a write for too long");
      }
      feed_watchdog(period);
    });
  }
};

DaemonLoop::DaemonLoop(boost::asio::io_context& loop, Store& store)
    : impl_(std::make_unique<Impl>(loop, store)) {
  impl_->signals.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    notify_stopping();
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

void DaemonLoop::run(const Writer& writer) {
  impl_->writer = &writer;
  if (const auto period = watchdog_period()) impl_->feed_watchdog(*period);
  notify_ready();
  impl_->loop.run();
  if (impl_->failure) std::rethrow_exception(impl_->failure);
}

}  // namespace titip
