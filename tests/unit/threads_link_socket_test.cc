#include <atomic>
#include <thread>

#include "tests/unit/link_fixture.hh"

namespace titip::test {

namespace {

// One ZeroMQ context serves them all; each socket stays on its own loop's thread.
TEST_F(LinkSocket, LoopsOfSeveralThreadsShareOneProcess) {
  Hub hub(loop);
  constexpr std::size_t threads_count = 4;
  std::vector<CurvePair> keys(threads_count);
  for (CurvePair& pair : keys) {
    pair = make_curve_pair();
    hub.enrolled.insert(pair.public_key);
  }
  std::atomic<std::size_t> finished = 0;
  std::atomic<std::size_t> answered = 0;
  std::vector<std::thread> threads;
  for (const CurvePair& pair : keys) {
    threads.emplace_back([&hub, &finished, &answered, pair, at = hub.socket->endpoint()] {
      boost::asio::io_context own_loop;
      std::size_t echoes = 0;
      std::unique_ptr<DialSocket> socket;
      DialSocket::Events events;
      events.connected = [&] { socket->send("halo"); };
      events.frame = [&](std::string_view frame) {
        ++echoes;
        socket->send(frame);
      };
      events.ended = [](LinkEnd) {};
      socket = DialSocket::dial(own_loop, at, pair, hub.keys.public_key, std::move(events));
      if (run_until(own_loop, [&] { return echoes >= 100; })) ++answered;
      ++finished;
    });
  }
  EXPECT_TRUE(run_until(loop, [&] { return finished == threads_count; }));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, threads_count);
}

}  // namespace

}  // namespace titip::test
