// The common loop: isolation, back-off, dead letters, leases, prompt stop.
#include "workers/loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "support/database.hpp"

namespace roundtrip::workers {
namespace {

constexpr std::string_view kKind = "test";

struct JobsTest : testing::Test {
  test::TestDatabase database;
  Instant at = *parse_rfc3339("2026-11-20T09:00:00Z");
  JobOptions options;

  JobsTest() {
    options.kind = kKind;
    options.max_attempts = 3;
  }
  Clock clock() {
    return [this] { return at; };
  }
  void add(std::int64_t subject) {
    store::Transaction tx(database.db());
    store::add_job(tx, database.merchant(), kKind, subject, at, at);
    tx.commit();
  }
  std::int64_t left() {
    store::Session session(database.db());
    return session.value<std::int64_t>("SELECT count(*) FROM jobs WHERE kind = $1", kKind).value();
  }
  std::vector<store::DeadJob> dead() {
    store::Session session(database.db());
    return store::dead_jobs(session, database.merchant(), 10);
  }
};

TEST(Backoff, DoublesUpToTheLimitAndNeverLosesMoreThanAQuarter) {
  for (const auto& [attempts, full] :
       std::vector<std::pair<int, std::int64_t>>{{1, 1000}, {2, 2000}, {3, 4000}, {4, 8000}, {5, 10000}, {6, 10000}, {1000, 10000}}) {
    for (std::int64_t seed = 0; seed < 50; ++seed) {
      const auto pause = backoff_us(1000, 10000, attempts, seed);
      EXPECT_LE(pause, full) << attempts;
      EXPECT_GE(pause, full - full / 4) << attempts;
    }
  }
  EXPECT_EQ(backoff_us(1, INT64_MAX, 200, 0), INT64_MAX);
}

TEST_F(JobsTest, OneBadJobHarmsNoOtherOfItsBatch) {
  for (int subject = 1; subject <= 5; ++subject) add(subject);
  std::set<std::int64_t> handled;
  EXPECT_EQ(work_jobs(
                database.db(), options,
                [&](const usecases::Job& job, Instant) {
                  if (job.subject == 3) throw std::runtime_error("poison");
                  if (job.subject == 4) throw 4;
                  handled.insert(job.subject);
                  return JobOutcome::done();
                },
                {}, clock()),
            5);
  EXPECT_EQ(handled, (std::set<std::int64_t>{1, 2, 5}));
  EXPECT_EQ(left(), 2);
}

TEST_F(JobsTest, AFailingJobComesBackLaterAndEndsAsADeadLetterThatCanBeRevived) {
  add(7);
  std::vector<std::string> told;
  const auto fail = [](const usecases::Job&, Instant) { return JobOutcome::retry("no luck"); };
  const auto buried = [&](const usecases::Job&, const std::string& why, Instant) { told.push_back(why); };
  EXPECT_EQ(work_jobs(database.db(), options, fail, buried, clock()), 1);
  EXPECT_EQ(work_jobs(database.db(), options, fail, buried, clock()), 0) << "it waits for its pause";
  for (int attempt = 2; attempt <= 3; ++attempt) {
    at = at + kMinute;
    EXPECT_EQ(work_jobs(database.db(), options, fail, buried, clock()), 1);
  }
  EXPECT_EQ(told, std::vector<std::string>{"no luck"});
  at = at + kDay;
  EXPECT_EQ(work_jobs(database.db(), options, fail, buried, clock()), 0) << "a dead letter is not tried";
  ASSERT_EQ(dead().size(), 1U);
  EXPECT_EQ(dead()[0].last_error, "no luck");
  {
    store::Session session(database.db());
    EXPECT_TRUE(store::revive_job(session, database.merchant(), dead()[0].job.id, at));
  }
  EXPECT_EQ(work_jobs(
                database.db(), options, [](const usecases::Job&, Instant) { return JobOutcome::done(); }, buried, clock()),
            1);
  EXPECT_EQ(left(), 0);
}

TEST_F(JobsTest, AHandlerMayGiveUpAtOnceOrNameItsOwnPause) {
  add(1);
  add(2);
  const auto handler = [](const usecases::Job& job, Instant) {
    return job.subject == 1 ? JobOutcome::dead("refused for good") : JobOutcome::retry("busy", 5 * kMinute);
  };
  EXPECT_EQ(work_jobs(database.db(), options, handler, {}, clock()), 2);
  ASSERT_EQ(dead().size(), 1U);
  EXPECT_EQ(dead()[0].last_error, "refused for good");
  at = at + 5 * kMinute - 1;
  EXPECT_EQ(work_jobs(database.db(), options, handler, {}, clock()), 0);
  at = at + 1;
  EXPECT_EQ(work_jobs(database.db(), options, handler, {}, clock()), 1);
}

TEST_F(JobsTest, WorkOfADeadWorkerComesBackWhenItsLeaseEnds) {
  add(1);
  ASSERT_EQ(usecases::claim_jobs(database.db(), kKind, 10, options.lease_us, at).size(), 1U);  // and the worker dies
  const auto handler = [](const usecases::Job&, Instant) { return JobOutcome::done(); };
  at = at + options.lease_us - 1;
  EXPECT_EQ(work_jobs(database.db(), options, handler, {}, clock()), 0);
  at = at + 1;
  EXPECT_EQ(work_jobs(database.db(), options, handler, {}, clock()), 1);
  EXPECT_EQ(left(), 0);
}

TEST_F(JobsTest, AJobMadeDueAgainWhileItRunsIsNotLost) {
  add(1);
  work_jobs(
      database.db(), options,
      [&](const usecases::Job&, Instant) {
        add(1);
        return JobOutcome::done();
      },
      {}, clock());
  EXPECT_EQ(left(), 1);
}

TEST_F(JobsTest, AStopGivesTheRestOfTheBatchBackUntouched) {
  for (int subject = 1; subject <= 4; ++subject) add(subject);
  std::stop_source source;
  int handled = 0;
  work_jobs(
      database.db(), options,
      [&](const usecases::Job&, Instant) {
        ++handled;
        source.request_stop();
        return JobOutcome::done();
      },
      {}, clock(), source.get_token());
  EXPECT_EQ(handled, 1);
  const auto again = usecases::claim_jobs(database.db(), kKind, 10, options.lease_us, at);
  ASSERT_EQ(again.size(), 3U);
  for (const auto& job : again) EXPECT_EQ(job.attempts, 1);
}

TEST_F(JobsTest, ManyThreadsHandleEachJobOnce) {
  constexpr int kJobs = 200;
  for (int subject = 1; subject <= kJobs; ++subject) add(subject);
  std::mutex mutex;
  std::multiset<std::int64_t> handled;
  options.batch = 7;
  LoopOptions loop;
  loop.name = "test";
  loop.threads = 4;
  const auto worker = make_job_loop(database.db(), loop, options, [&](const usecases::Job& job, Instant) {
    const std::lock_guard lock(mutex);
    handled.insert(job.subject);
    return JobOutcome::done();
  });
  worker->start();
  for (const auto until = steady_us() + 20 * kSecond; left() > 0 && steady_us() < until;) std::this_thread::yield();
  worker->stop();
  EXPECT_EQ(handled.size(), static_cast<std::size_t>(kJobs));
  EXPECT_EQ(std::set<std::int64_t>(handled.begin(), handled.end()).size(), static_cast<std::size_t>(kJobs));
}

TEST(Loop, StopsPromptlyOutOfALongPauseAndDoesNotSpin) {
  LoopOptions options;
  options.name = "idle";
  options.pause_us = kHour;
  std::atomic<int> steps{0};
  Loop loop(options, [&](std::stop_token) {
    ++steps;
    steps.notify_all();
    return 0;
  });
  loop.start();
  steps.wait(0);
  loop.wake();
  steps.wait(1);
  const auto began = steady_us();
  loop.stop();
  EXPECT_LT(steady_us() - began, 2 * kSecond);
  EXPECT_EQ(steps.load(), 2);
}

TEST(Loop, GoesOnAfterAStepThatThrew) {
  LoopOptions options;
  options.name = "throws";
  options.pause_us = 1000;
  options.pause_max_us = 4000;
  std::atomic<int> steps{0};
  Loop loop(options, [&](std::stop_token) -> int {
    ++steps;
    steps.notify_all();
    throw std::runtime_error("database is away");
  });
  loop.start();
  for (int seen = 0; seen < 4; seen = steps.load()) steps.wait(seen);
  loop.stop();
  EXPECT_GE(steps.load(), 4);
}

TEST(Workers, StartAndStopTogether) {
  Workers workers;
  std::atomic<int> steps{0};
  for (int i = 0; i < 3; ++i) {
    LoopOptions options;
    options.name = "w";
    options.pause_us = kHour;
    workers.add(std::make_unique<Loop>(options, [&](std::stop_token) {
      ++steps;
      steps.notify_all();
      return 0;
    }));
  }
  workers.start();
  for (int seen = 0; seen < 3; seen = steps.load()) steps.wait(seen);
  workers.stop();
  EXPECT_EQ(steps.load(), 3);
}

}  // namespace
}  // namespace roundtrip::workers
