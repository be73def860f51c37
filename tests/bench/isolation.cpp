// The rate of a healthy account beside one in trouble.
#include "bench/isolation.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "bench/polled_parcels.hpp"
#include "store/database.hpp"
#include "support/raw_server.hpp"

namespace roundtrip::bench {
namespace {
constexpr int kHealthy = 3'000, kStrangers = 600;
constexpr int kPollsOfSample = 5;  // a sample lasts a second or more

struct Neighbor {
  const char* name;
  test::RawServer::Script script;  // nothing: nobody listens
};
const Neighbor kNeighbors[] = {{"refuses", nullptr},
                               {"hangs",
                                [](test::RawConnection& peer) {
                                  (void)peer.read_request();
                                  peer.wait_for_close();
                                }},
                               {"lies",
                                [](test::RawConnection& peer) {
                                  while (!peer.read_request().empty()) peer.answer(200, std::string(100'000, '['));
                                }},
                               {"fails", [](test::RawConnection& peer) {
                                  while (!peer.read_request().empty()) peer.answer(503, "<html>busy</html>");
                                }}};

struct Sample {
  double per_second = 0, cpu_each_ms = 0;
};
double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class IsolationBench {
 public:
  IsolationBench() : world_(kHealthy, accounts()) {
    for (const auto& neighbor : kNeighbors) world_.add_strangers(neighbor.name, kStrangers);
  }

  void run(int rounds) {
    usecases::PollOptions options;
    options.threads = 3;
    usecases::Poller poller(world_.db(), world_.carriers(), options);
    for (int i = 0; i < 3; ++i) world_.poll_all(poller);  // everything is on its way and known: what follows is the same work again
    // Each round has every neighbor's time and, beside each, one alone: what the machine does meanwhile hits both.
    std::vector<std::vector<Sample>> alone(std::size(kNeighbors)), beside(std::size(kNeighbors));
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < std::size(kNeighbors); ++i) {
        const bool first = (round + i) % 2 == 0;
        if (first) alone[i].push_back(measure(poller, nullptr));
        beside[i].push_back(measure(poller, kNeighbors[i].name));
        if (!first) alone[i].push_back(measure(poller, nullptr));
      }
    }
    for (std::size_t i = 0; i < std::size(kNeighbors); ++i) print(kNeighbors[i].name, alone[i], beside[i]);
  }

 private:
  std::string accounts() {
    std::string text;
    for (const auto& neighbor : kNeighbors) {
      std::string url = "http://127.0.0.1:9/";  // "discard": nobody listens
      if (neighbor.script) {
        servers_.push_back(std::make_unique<test::RawServer>(neighbor.script));
        url = servers_.back()->url("");
      }
      text += "[[account]]\ncarrier = \"demo\"\naccount = \"" + std::string(neighbor.name) + "\"\nbase_url = \"" + url +
              "\"\ntimeout_ms = 1000\n";
    }
    return text;
  }

  // Polls of all healthy parcels; when each begins, all of the neighbor's are due.
  Sample measure(usecases::Poller& poller, const char* neighbor) {
    const double cpu = cpu_ms(world_.db());
    const auto began = steady_us();
    for (int i = 0; i < kPollsOfSample; ++i) {
      world_.pass(kMinute);
      if (neighbor != nullptr) world_.make_due(neighbor);
      world_.poll_all(poller);
    }
    const double parcels = kHealthy * kPollsOfSample, seconds = static_cast<double>(steady_us() - began) / 1e6;
    const Sample sample{parcels / seconds, (cpu_ms(world_.db()) - cpu) / parcels};
    if (neighbor != nullptr) quiet(poller, neighbor);
    return sample;
  }

  // The neighbor's calls have ended, and nothing of it is due any more.
  void quiet(usecases::Poller& poller, const char* neighbor) {
    store::Session session(world_.db());
    session.run("UPDATE trackers SET next_check_at = NULL WHERE account = $1 AND leased_until IS NULL", {std::string(neighbor)});
    while (session
               .value<std::int64_t>("SELECT count(*) FROM trackers WHERE account = $1 AND leased_until > $2", std::string(neighbor),
                                    world_.now())
               .value() > 0)
      (void)poller.look(world_.now(), 5'000, {});
    session.run("UPDATE trackers SET next_check_at = NULL WHERE account = $1", {std::string(neighbor)});
  }

  static void print(const char* name, const std::vector<Sample>& alone, const std::vector<Sample>& beside) {
    std::vector<double> rate_alone, rate_beside, ratios, cpu_ratios;
    for (std::size_t i = 0; i < alone.size(); ++i) {
      rate_alone.push_back(alone[i].per_second);
      rate_beside.push_back(beside[i].per_second);
      ratios.push_back(beside[i].per_second / alone[i].per_second);
      cpu_ratios.push_back(beside[i].cpu_each_ms / alone[i].cpu_each_ms);
    }
    std::printf(
        "beside one that %-8s alone %.0f/s, beside %.0f/s; ratio of the medians %.3f, median of the rounds' ratios %.3f; processor time "
        "%.3f\n",
        name, median(rate_alone), median(rate_beside), median(rate_beside) / median(rate_alone), median(ratios), median(cpu_ratios));
    std::fflush(stdout);
  }

  std::vector<std::unique_ptr<test::RawServer>> servers_;
  PolledParcels world_;
};
}  // namespace

void isolation(int rounds) { IsolationBench().run(rounds); }

}  // namespace roundtrip::bench
