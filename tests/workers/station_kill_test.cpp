// The returns station's process dies by kill -9 at random moments, again and again, while a day's scans go through it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "support/self_child.hpp"
#include "usecases/refunds.hpp"
#include "workers/returns_world.hpp"

namespace roundtrip::workers {
namespace {
using test::scan_request;
using test::scan_uuid;

// What a device keeps: the scans in order, and which of them were answered.
struct Device {
  std::string plan, answered;  // files: "<scan id> <barcode>", "<scan id>"
  static std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line) && !file.eof();) out.push_back(line);  // a line without its end was never written
    return out;
  }
};

// A child is this binary again: it sends the scans that were not answered, told by the environment, until it is killed or through.
struct DeviceChild : testing::Environment {
  void SetUp() override {
    const char* url = test::told("DEVICE_URL");
    if (url == nullptr) return;
    store::Database db(test::database_at(url));
    const Instant at{test::told_number("NOW")};
    const MerchantId merchant{test::told_number("MERCHANT")};
    const auto plan = Device::lines_of(test::told("DEVICE_PLAN"));
    const std::string answered = test::told("DEVICE_ANSWERED");
    for (std::size_t n = Device::lines_of(answered).size(); n < plan.size(); ++n) {
      const std::string id = plan[n].substr(0, 36), barcode = plan[n].substr(37);
      for (bool sent = false; !sent;) {
        try {
          if (!usecases::scan({db, merchant, {"floor", "rosa"}, at}, {}, scan_request(id, "returns-1", barcode, at))) _exit(3);
          sent = true;
        } catch (const store::DatabaseError&) {
          // The server may still be ending the dead one's session: sent again, under the same id.
        }
      }
      std::ofstream(answered, std::ios::app) << id + "\n";
    }
    _exit(0);
  }
};
[[maybe_unused]] const auto* const kDeviceChild = testing::AddGlobalTestEnvironment(new DeviceChild);

struct StationKill : test::ReturnsWorld {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("station-kill-" + std::to_string(getpid()));
  Device device{(folder / "plan").string(), (folder / "answered").string()};
  StationKill() { std::filesystem::create_directories(folder); }
  ~StationKill() override { std::filesystem::remove_all(folder); }
  pid_t start_device() {
    return test::start_self({{"DEVICE_URL", database.url()},
                             {"MERCHANT", std::to_string(merchant.value)},
                             {"NOW", std::to_string(now.us)},
                             {"DEVICE_PLAN", device.plan},
                             {"DEVICE_ANSWERED", device.answered}});
  }
  std::int64_t scans_booked() { return ask("SELECT count(*) FROM scans"); }
  // Kills it once `more` scans are booked and a random moment has passed. False when it was through before.
  bool killed(pid_t child, std::int64_t more, std::int64_t moment_us) {
    const auto target = scans_booked() + more;
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0 && scans_booked() < target) std::this_thread::yield();
    if (ended == 0) {
      for (const auto until = steady_us() + moment_us; steady_us() < until;) std::this_thread::yield();
      ::kill(child, SIGKILL);
      waitpid(child, &status, 0);
    }
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "status " << status;
    return WIFSIGNALED(status);
  }
  // Every refund that waits is paid by a gateway that nothing happens to; gives what it paid out.
  std::int64_t pay_all() {
    auto gateway = std::make_unique<test::PayingGateway>();
    auto& paid = *gateway;
    std::map<std::string, std::unique_ptr<clients::Gateway>> only;
    only["stripe"] = std::move(gateway);
    clients::Gateways gateways{std::move(only)};
    store::Session session(db);
    for (const auto& [id] : session.rows<RefundId>("SELECT refund_id FROM refunds WHERE state = 'requested'")) {
      store::Job job;
      job.merchant = merchant;
      job.subject = id.value;
      (void)usecases::pay_refund(db, gateways, job, now);
    }
    std::int64_t out = 0;
    for (const auto& [key, amount] : paid.paid) out += amount;
    return out;
  }
};

TEST_F(StationKill, ScansKilledAtRandomMomentsAddUpAsIfNothingHadHappened) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr int kCases = 16;
  std::uint64_t scans = 0;
  stray_product();
  const auto calm = make_case("stripe");
  for (const auto& barcode : story(calm))
    ASSERT_TRUE(usecases::scan(context(), {}, scan_request(scan_uuid(++scans), "returns-1", barcode, now)));
  const std::string wanted = books(calm);
  std::vector<Case> cases;
  {
    std::ofstream plan(device.plan);
    for (int i = 0; i < kCases; ++i) {
      cases.push_back(make_case("stripe"));
      for (const auto& barcode : story(cases.back())) plan << scan_uuid(++scans) + " " + barcode + "\n";
    }
  }
  int kills = 0;
  while (killed(start_device(), static_cast<std::int64_t>(random() % 5), static_cast<std::int64_t>(random() % 5'000))) ++kills;
  EXPECT_GT(kills, 20) << "it was hardly disturbed";
  EXPECT_EQ(scans_booked(), static_cast<std::int64_t>(scans)) << "each scan once";
  for (const auto& one : cases) EXPECT_EQ(books(one), wanted);
  expect_clean();
  const auto asked = ask("SELECT sum(amount)::bigint FROM refunds WHERE state = 'requested'");
  EXPECT_EQ(asked, ask("SELECT sum(accepted * CASE sku WHEN 'MUG' THEN 1000 ELSE 900 END)::bigint FROM return_lines"));
  EXPECT_EQ(pay_all(), asked);
  EXPECT_EQ(ask("SELECT sum(refunded)::bigint FROM payments"), asked);
  expect_clean();
}

}  // namespace
}  // namespace roundtrip::workers
