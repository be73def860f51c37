// The transport over real sockets: deadlines, limits, reuse, and what is known after a failure.
#include "clients/curl_transport.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "support/raw_server.hpp"

namespace roundtrip::clients {
namespace {
using test::RawConnection;
using test::RawServer;
using Kind = TransportFailure::Kind;

CurlTransport local_transport() { return CurlTransport({.allow_private_addresses = true}); }

void echo(RawConnection& peer) {
  for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) peer.answer(200, request);
}

std::int64_t ms_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

TEST(CurlTransport, SendsMethodHeadersAndBodyAndReadsTheAnswer) {
  RawServer server([](RawConnection& peer) { peer.answer(201, peer.read_request(), "X-One: a\r\nx-TWO:  b \r\n"); });
  auto transport = local_transport();
  const auto outcome =
      transport.send({.method = "POST", .url = server.url("/a?b=c"), .headers = {{"X-Key", "k"}, {"X-Empty", ""}}, .body = "hello"});
  ASSERT_TRUE(outcome.response) << outcome.failure.detail;
  EXPECT_EQ(outcome.response->status, 201);
  EXPECT_EQ(header(outcome.response->headers, "x-one"), "a");
  EXPECT_EQ(header(outcome.response->headers, "x-two"), "b");
  const std::string& request = outcome.response->body;
  EXPECT_TRUE(request.starts_with("POST /a?b=c HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nX-Key: k\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nX-Empty:"), std::string::npos);
  EXPECT_TRUE(request.ends_with("\r\n\r\nhello"));
  EXPECT_EQ(request.find("Expect:"), std::string::npos);
  EXPECT_TRUE(server.faults().empty());
}

TEST(CurlTransport, EveryMethodIsSentAsItIs) {
  RawServer server(echo);
  auto transport = local_transport();
  for (const std::string method : {"GET", "DELETE", "PUT", "PATCH", "POST"}) {
    const auto outcome = transport.send({.method = method, .url = server.url()});
    ASSERT_TRUE(outcome.response) << method << ": " << outcome.failure.detail;
    EXPECT_TRUE(outcome.response->body.starts_with(method + " / ")) << outcome.response->body;
  }
  EXPECT_TRUE(server.faults().empty());
}

TEST(CurlTransport, BodiesWithNulBytesArriveWhole) {
  RawServer server([](RawConnection& peer) { peer.answer(200, peer.read_request()); });
  auto transport = local_transport();
  const std::string body("a\0b", 3);
  const auto outcome = transport.send({.method = "PUT", .url = server.url(), .body = body});
  ASSERT_TRUE(outcome.response);
  EXPECT_TRUE(outcome.response->body.ends_with(std::string("\r\n\r\n") + body));
}

TEST(CurlTransport, ConnectionsAreReused) {
  RawServer server(echo);
  auto transport = local_transport();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(transport.send({.url = server.url()}).response);
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlTransport, ManyThreadsShareItAndGetTheirOwnAnswers) {
  RawServer server(echo);
  auto transport = local_transport();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 25; ++i) {
        const std::string path = "/" + std::to_string(thread) + "/" + std::to_string(i);
        const auto outcome = transport.send({.url = server.url(path)});
        if (outcome.response && outcome.response->body.starts_with("GET " + path + " ")) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 200);
  EXPECT_LE(server.connections(), 16);
}

TEST(CurlTransport, RedirectsAreNotFollowed) {
  RawServer server([](RawConnection& peer) {
    (void)peer.read_request();
    peer.answer(302, "", "Location: http://127.0.0.1:1/\r\n");
  });
  auto transport = local_transport();
  const auto outcome = transport.send({.url = server.url()});
  ASSERT_TRUE(outcome.response);
  EXPECT_EQ(outcome.response->status, 302);
}

TEST(CurlTransport, OnlyHttpAndHttpsAreSpoken) {
  auto transport = local_transport();
  for (const std::string url : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "dict://127.0.0.1/", "nonsense", ""}) {
    const auto outcome = transport.send({.url = url});
    EXPECT_FALSE(outcome.response) << url;
    EXPECT_FALSE(outcome.failure.maybe_received) << url;
  }
}

TEST(CurlTransport, AForgedHeaderIsNotSent) {
  RawServer server(echo);
  auto transport = local_transport();
  EXPECT_FALSE(transport.send({.url = server.url(), .headers = {{"X-A", "b\r\nX-Evil: 1"}}}).response);
  EXPECT_FALSE(transport.send({.url = server.url("/a\r\nX-Evil: 1")}).response);
  EXPECT_EQ(server.connections(), 0);
}

TEST(CurlTransport, PrivateAddressesAreRefusedAfterResolving) {
  RawServer server(echo);
  CurlTransport transport;
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "0x7f000001", "2130706433"}) {
    const auto outcome = transport.send({.url = "http://" + host + ":" + std::to_string(server.port()) + "/"});
    ASSERT_FALSE(outcome.response) << host;
    EXPECT_EQ(outcome.failure.kind, Kind::refused_address) << host << ": " << outcome.failure.detail;
    EXPECT_FALSE(outcome.failure.maybe_received) << host;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(CurlTransport, AddressesAreJudgedByTheRegistry) {
  for (
      const auto* inside :
      {"0.1.2.3",   "10.0.0.1",    "100.64.0.1",    "127.0.0.1",    "169.254.169.254", "172.16.0.1",      "172.31.255.255",  "192.0.0.1",
       "192.0.2.1", "192.168.1.1", "198.18.0.1",    "198.51.100.1", "203.0.113.1",     "224.0.0.1",       "255.255.255.255", "::",
       "::1",       "fe80::1",     "fc00::1",       "fd12::1",      "ff02::1",         "::ffff:10.0.0.1", "64:ff9b::a00:1",  "2002:a00:1::",
       "2001::1",   "2001:db8::1", "not an address"}) {
    EXPECT_FALSE(is_public_address(inside)) << inside;
  }
  for (const auto* outside : {"1.1.1.1", "8.8.8.8", "100.128.0.1", "172.32.0.1", "192.169.0.1", "223.255.255.255", "2606:4700::1111",
                              "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"}) {
    EXPECT_TRUE(is_public_address(outside)) << outside;
  }
}

TEST(CurlTransport, NobodyListeningIsAConnectFailureThatReachedNobody) {
  int port = 0;
  { port = RawServer(echo).port(); }
  auto transport = local_transport();
  const auto outcome = transport.send({.method = "POST", .url = "http://127.0.0.1:" + std::to_string(port) + "/", .body = "x"});
  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.failure.kind, Kind::connect);
  EXPECT_FALSE(outcome.failure.maybe_received);
}

TEST(CurlTransport, AnUnknownNameIsAResolveFailure) {
  auto transport = local_transport();
  const auto outcome = transport.send({.url = "http://nobody.invalid/"});
  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.failure.kind, Kind::resolve);
  EXPECT_FALSE(outcome.failure.maybe_received);
}

TEST(CurlTransport, TheDeadlineIsTotalEvenWhenThePeerDribbles) {
  RawServer server([](RawConnection& peer) {
    (void)peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 100; ++i) {
      peer.send("x");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  auto transport = local_transport();
  const auto start = std::chrono::steady_clock::now();
  const auto outcome = transport.send({.url = server.url(), .timeout_ms = 200});
  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.failure.kind, Kind::timeout);
  EXPECT_TRUE(outcome.failure.maybe_received);
  EXPECT_LT(ms_since(start), 1500);
}

TEST(CurlTransport, ASilentPeerTimesOutAndMayHaveReceived) {
  RawServer server([](RawConnection& peer) {
    (void)peer.read_request();
    peer.wait_for_close();
  });
  auto transport = local_transport();
  const auto outcome = transport.send({.method = "POST", .url = server.url(), .body = "pay", .timeout_ms = 150});
  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.failure.kind, Kind::timeout);
  EXPECT_TRUE(outcome.failure.maybe_received);
}

TEST(CurlTransport, ACutConnectionIsAResetThatMayHaveBeenReceived) {
  RawServer hangs_up([](RawConnection& peer) { (void)peer.read_request(); });
  RawServer resets([](RawConnection& peer) {
    (void)peer.read_request();
    peer.reset();
  });
  RawServer cuts_the_body([](RawConnection& peer) {
    (void)peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  for (const RawServer* server : {&hangs_up, &resets, &cuts_the_body}) {
    auto transport = local_transport();
    const auto outcome = transport.send({.method = "POST", .url = server->url(), .body = "x"});
    ASSERT_FALSE(outcome.response);
    EXPECT_EQ(outcome.failure.kind, Kind::reset) << outcome.failure.detail;
    EXPECT_TRUE(outcome.failure.maybe_received);
  }
}

TEST(CurlTransport, TooLargeAnAnswerIsCutAndBounded) {
  RawServer body([](RawConnection& peer) {
    (void)peer.read_request();
    peer.answer(200, std::string(100'000, 'x'));
  });
  RawServer head([](RawConnection& peer) {
    (void)peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 200; ++i) peer.send("X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n");
    peer.send("\r\n");
  });
  auto transport = local_transport();
  const auto large = transport.send({.url = body.url(), .max_reply_bytes = 99'999});
  ASSERT_FALSE(large.response);
  EXPECT_EQ(large.failure.kind, Kind::too_large);
  EXPECT_TRUE(transport.send({.url = body.url(), .max_reply_bytes = 100'000}).response);
  const auto long_head = transport.send({.url = head.url()});
  ASSERT_FALSE(long_head.response);
  EXPECT_EQ(long_head.failure.kind, Kind::too_large);
}

// libcurl repeats a request when a reused connection was closed under it; a payment must not be.
TEST(CurlTransport, APostWithoutAKeyIsNeverSentTwice) {
  std::atomic<int> posts{0};
  RawServer server([&](RawConnection& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      if (request.starts_with("POST")) {
        ++posts;
        return;  // taken, and hung up without an answer
      }
      peer.answer(200, "");
    }
  });
  auto transport = local_transport();
  ASSERT_TRUE(transport.send({.url = server.url()}).response);  // leaves a connection to reuse
  const auto outcome = transport.send({.method = "POST", .url = server.url(), .body = "pay"});
  ASSERT_FALSE(outcome.response);
  EXPECT_TRUE(outcome.failure.maybe_received);
  EXPECT_EQ(posts, 1);
}

}  // namespace
}  // namespace roundtrip::clients
