// Many calls at once through one thread.
#include "clients/multi_transport.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <set>
#include <thread>

#include "support/raw_server.hpp"

namespace roundtrip::clients {
namespace {
using test::RawConnection;
using test::RawServer;
using Kind = TransportFailure::Kind;
const CurlOptions kLocal{.allow_private_addresses = true};

void echo_all(RawConnection& peer) {
  for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) peer.answer(200, request);
}
void hang(RawConnection& peer) {
  (void)peer.read_request();
  peer.wait_for_close();
}

// Counts answers and waits for them.
class Answers {
 public:
  Transport::Answered take() {
    return [this](HttpOutcome outcome) {
      const std::lock_guard lock(mutex_);
      outcomes_.push_back(std::move(outcome));
      condition_.notify_all();
    };
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return outcomes_.size();
  }
  std::vector<HttpOutcome> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(condition_.wait_for(lock, std::chrono::seconds(20), [&] { return outcomes_.size() >= count; }));
    return outcomes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  std::vector<HttpOutcome> outcomes_;
};

TEST(MultiTransport, EveryCallGetsItsOwnAnswerOverFewConnections) {
  RawServer server(echo_all);
  MultiTransport transport(kLocal, 8);
  Answers answers;
  for (int i = 0; i < 400; ++i) transport.start({.url = server.url("/" + std::to_string(i) + "/")}, answers.take());
  std::set<std::string> paths;
  for (const auto& outcome : answers.wait_for(400)) {
    ASSERT_TRUE(outcome.response) << outcome.failure.detail;
    paths.insert(outcome.response->body.substr(0, outcome.response->body.find(" HTTP")));
  }
  EXPECT_EQ(paths.size(), 400U);
  EXPECT_LE(server.connections(), 8);
}

TEST(MultiTransport, ACallThatHangsDelaysNoOther) {
  RawServer hanging(hang), good(echo_all);
  MultiTransport transport(kLocal, 50);
  Answers late, soon;
  for (int i = 0; i < 20; ++i) transport.start({.url = hanging.url(), .timeout_ms = 4'000}, late.take());
  for (int i = 0; i < 200; ++i) transport.start({.url = good.url()}, soon.take());
  for (const auto& outcome : soon.wait_for(200)) EXPECT_TRUE(outcome.response) << outcome.failure.detail;
  EXPECT_EQ(late.count(), 0U) << "those that hang still hang";
  for (const auto& outcome : late.wait_for(20)) EXPECT_EQ(outcome.failure.kind, Kind::timeout);
}

TEST(MultiTransport, ACallCanBeMadeWhileAnotherIsAnswered) {
  RawServer server(echo_all);
  MultiTransport transport(kLocal);
  Answers answers;
  transport.start({.url = server.url()}, [&](HttpOutcome first) {
    EXPECT_TRUE(first.response);
    transport.start({.url = server.url("/second")}, answers.take());
  });
  EXPECT_TRUE(answers.wait_for(1).front().response);
}

TEST(MultiTransport, SendWaitsAndThreadsShareIt) {
  RawServer server(echo_all);
  MultiTransport transport(kLocal);
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 6; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 30; ++i) {
          const std::string path = "/" + std::to_string(thread) + "/" + std::to_string(i);
          const auto outcome = transport.send({.method = "POST", .url = server.url(path), .body = path});
          right += outcome.response && outcome.response->body.ends_with("\r\n\r\n" + path) ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(right, 180);
}

TEST(MultiTransport, APostIsSentOnceUnlessItOnlyAsks) {
  RawServer server(echo_all);
  MultiTransport transport(kLocal);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(transport.send({.method = "POST", .url = server.url(), .body = "a"}).response);
  EXPECT_EQ(server.connections(), 3);
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(transport.send({.method = "POST", .url = server.url(), .body = "a", .repeatable = true}).response);
  EXPECT_EQ(server.connections(), 3);
}

TEST(MultiTransport, PrivateAddressesForgedHeadersAndLongAnswersAreRefused) {
  RawServer server([](RawConnection& peer) {
    (void)peer.read_request();
    peer.answer(200, std::string(100'000, 'x'));
  });
  MultiTransport careful{CurlOptions{}}, transport(kLocal);
  EXPECT_EQ(careful.send({.url = server.url()}).failure.kind, Kind::refused_address);
  EXPECT_EQ(transport.send({.url = server.url(), .headers = {{"X-A", "b\r\nX-C: d"}}}).failure.kind, Kind::other);
  EXPECT_EQ(transport.send({.url = server.url(), .max_reply_bytes = 1000}).failure.kind, Kind::too_large);
  EXPECT_EQ(transport.send({.url = "http://127.0.0.1:1/"}).failure.kind, Kind::connect);
}

TEST(MultiTransport, WhatIsUnderWayAtTheEndIsAnswered) {
  RawServer hanging(hang);
  Answers answers;
  {
    MultiTransport transport(kLocal, 2);
    for (int i = 0; i < 5; ++i) transport.start({.url = hanging.url(), .timeout_ms = 60'000}, answers.take());
  }
  for (const auto& outcome : answers.wait_for(5)) EXPECT_EQ(outcome.failure.kind, Kind::other);
}

}  // namespace
}  // namespace roundtrip::clients
