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
  int calls = 0;
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
    for (int i = 0; i < 3; ++i) (void)measure(nullptr);  // everything is on its way and known: what follows is the same work again
    // Each round has every neighbor's time and, beside each, one alone: what the machine does meanwhile hits both.
    std::vector<std::vector<Sample>> alone(std::size(kNeighbors)), beside(std::size(kNeighbors));
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < std::size(kNeighbors); ++i) {
        const bool first = (round + i) % 2 == 0;
        if (first) alone[i].push_back(measure(nullptr));
        beside[i].push_back(measure(kNeighbors[i].name));
        if (!first) alone[i].push_back(measure(nullptr));
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

  // Polls of all healthy parcels; when each begins, all of the neighbor's are due. The first finds out what is wrong with the neighbor: its
  // breaker is closed, and the poller is new, as if it had just been well.
  Sample measure(const char* neighbor) {
    Sample sample;
    if (neighbor != nullptr)
      store::Session(world_.db())
          .run("UPDATE carrier_accounts SET failures = 0, times_opened = 0, open_until = NULL WHERE account = $1", {std::string(neighbor)});
    usecases::PollOptions options;
    options.threads = 3;
    usecases::Poller poller(world_.db(), world_.carriers(), options);
    double us = 0, cpu = 0;
    for (int i = 0; i < kPollsOfSample; ++i) {
      world_.pass(kMinute);
      world_.make_due("");
      if (neighbor != nullptr) world_.make_due(neighbor);
      const double spent = cpu_ms(world_.db());
      const auto began = steady_us();
      sample.calls += world_.answer_all(poller).calls;
      us += static_cast<double>(steady_us() - began);
      cpu += cpu_ms(world_.db()) - spent;
    }
    const double parcels = kHealthy * kPollsOfSample;
    sample.per_second = parcels * 1e6 / us;
    sample.cpu_each_ms = cpu / parcels;
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
    std::vector<double> rate_alone, rate_beside, ratios, cpu_ratios, more_calls;
    for (std::size_t i = 0; i < alone.size(); ++i) {
      rate_alone.push_back(alone[i].per_second);
      rate_beside.push_back(beside[i].per_second);
      ratios.push_back(beside[i].per_second / alone[i].per_second);
      more_calls.push_back(beside[i].calls - alone[i].calls);
      cpu_ratios.push_back(beside[i].cpu_each_ms / alone[i].cpu_each_ms);
    }
    std::printf(
        "beside one that %-8s alone %.0f/s, beside %.0f/s; ratio of the medians %.3f, median of the rounds' ratios %.3f; processor time "
        "%.3f; "
        "%.0f calls to it a sample\n",
        name, median(rate_alone), median(rate_beside), median(rate_beside) / median(rate_alone), median(ratios), median(cpu_ratios),
        median(more_calls));
    std::fflush(stdout);
  }

  std::vector<std::unique_ptr<test::RawServer>> servers_;
  PolledParcels world_;
};
}  // namespace

void isolation(int rounds) { IsolationBench().run(rounds); }

}  // namespace roundtrip::bench
