#include "io/http_stream.hh"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/http.hpp>

#include "core/check.hh"
#include "io/http_head.hh"

namespace titip {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace asio = boost::asio;
using Error = boost::system::error_code;

namespace {

// Order: the head, then parts, each asked for once the former is written, then the end. A read is
// pending all the while, which keeps this alive and notices that the client has gone.
class Stream : public HttpSession, public std::enable_shared_from_this<Stream> {
 public:
  Stream(SocketProtocol::socket socket, std::shared_ptr<HttpSessions> sessions, HttpStreamForm form,
         HttpResponse content)
      : stream_(std::move(socket)),
        sessions_(std::move(sessions)),
        chunked_(form.version >= 11),
        pull_(std::make_shared<HttpPull>(std::move(content.pull))),
        part_(std::move(content.body)) {
    sessions_->open.insert(this);
    ++sessions_->streams;
    fill_head(head_, form.version, content);
    head_.keep_alive(false);
    head_.chunked(chunked_);
    if (!form.head_only) return;
    pull_.reset();
    part_.clear();
  }
  ~Stream() override {
    sessions_->open.erase(this);
    --sessions_->streams;
    if (!sessions_->closed) sessions_->left();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void start();
  void take(std::optional<std::string> part);
  // Also when the part that was asked for will never come.
  void close() override;

 private:
  template <typename Next>
  auto then(Next next) {
    return [self = shared_from_this(), next](Error error, std::size_t) {
      if (!self->sessions_->closed) (self.get()->*next)(error);
    };
  }
  void write_part();
  void written(Error error);
  void ask();
  void watch();
  void heard(Error error);
  void finish();

  beast::basic_stream<SocketProtocol> stream_;
  std::shared_ptr<HttpSessions> sessions_;
  http::response<http::empty_body> head_;
  http::response_serializer<http::empty_body> head_writer_{head_};
  bool chunked_ = true;
  std::shared_ptr<HttpPull> pull_;  // none: nothing more is asked for
  std::string part_;                // being written
  std::array<char, 512> heard_;     // what the client still says, which nobody reads
  bool finishing_ = false;          // all is written; what is left is to let the client read it
  bool lingering_ = false;          // that has begun
};

// What an HttpMore holds: the last copy dropped without a part breaks the stream off.
class PendingPart {
 public:
  explicit PendingPart(std::weak_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~PendingPart() {
    if (const auto stream = stream_.lock(); stream && !given_) stream->close();
  }
  PendingPart(const PendingPart&) = delete;
  PendingPart& operator=(const PendingPart&) = delete;

  void give(std::optional<std::string> part) {
    check(!given_, "a part of an HTTP stream was given twice");
    given_ = true;
    if (const auto stream = stream_.lock()) stream->take(std::move(part));
  }

 private:
  std::weak_ptr<Stream> stream_;
  bool given_ = false;
};

void Stream::start() {
  watch();
  stream_.expires_after(sessions_->bounds.transfer);
  http::async_write_header(stream_, head_writer_,
                           [self = shared_from_this()](Error error, std::size_t) {
                             if (self->sessions_->closed) return;
                             if (error || self->part_.empty()) return self->written(error);
                             self->write_part();
                           });
}

void Stream::write_part() {
  stream_.expires_after(sessions_->bounds.transfer);  // the write only: the read is under way
  if (chunked_) {
    asio::async_write(stream_, http::make_chunk(asio::buffer(part_)), then(&Stream::written));
  } else {
    asio::async_write(stream_, asio::buffer(part_), then(&Stream::written));
  }
}

void Stream::written(Error error) {
  if (error) return close();
  if (!pull_) return finish();
  ask();
}

void Stream::ask() {
  const auto pending = std::make_shared<PendingPart>(weak_from_this());
  const auto pull = pull_;  // it may end the stream, and with it itself
  (*pull)([pending](std::optional<std::string> part) { pending->give(std::move(part)); });
}

void Stream::take(std::optional<std::string> part) {
  if (sessions_->closed || !pull_) return;
  if (part) {
    part_ = std::move(*part);
    if (!part_.empty()) return write_part();
    // An empty chunk would end the body. Not at once: who gives nothing again and again must not
    // keep the loop from others.
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (!self->sessions_->closed && self->pull_) self->ask();
    });
    return;
  }
  pull_.reset();
  if (!chunked_) return finish();
  stream_.expires_after(sessions_->bounds.transfer);
  asio::async_write(stream_, http::make_chunk_last(), then(&Stream::written));
}

void Stream::watch() {
  if (!finishing_) stream_.expires_never();  // the read only, while a part is being written
  stream_.async_read_some(asio::buffer(heard_), then(&Stream::heard));
}

void Stream::heard(Error error) {
  const bool broken_off = finishing_ && !lingering_ && error == asio::error::operation_aborted;
  if (error && !broken_off) return close();
  if (finishing_ && !std::exchange(lingering_, true)) {
    stream_.expires_after(std::chrono::milliseconds(limits::http_linger_ms));
  }
  watch();
}

// Closing with unread input resets the connection, and the client may lose the end of the answer.
void Stream::finish() {
  if (finishing_) return;
  finishing_ = true;
  Error ignored;
  stream_.socket().shutdown(SocketProtocol::socket::shutdown_send, ignored);
  stream_.socket().cancel(ignored);  // the read goes on in heard(), under a time limit
}

void Stream::close() {
  // First, since what the pull owns may drop its HttpMore, which comes here again.
  const auto pull = std::exchange(pull_, nullptr);
  stream_.close();
}

}  // namespace

void start_http_stream(SocketProtocol::socket socket, std::shared_ptr<HttpSessions> sessions,
                       HttpStreamForm form, HttpResponse content) {
  std::make_shared<Stream>(std::move(socket), std::move(sessions), form, std::move(content))
      ->start();
}

}  // namespace titip
