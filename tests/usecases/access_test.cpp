// Merchants, people, keys and sessions on a real database.
#include "usecases/access.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/secrets.hpp"
#include "support/database.hpp"

namespace roundtrip::usecases {
namespace {

struct AccessTest : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  Instant now = *parse_rfc3339("2026-11-20T09:00:00Z");
  Context context{db, database.merchant(), {"api", "test"}, now};

  void add_user(const std::string& login, std::vector<std::string> roles = {"agent"}) {
    ASSERT_TRUE(create_user(context, {login, "Ana Lima", "correct horse", std::move(roles)}));
  }
  Result<SignedIn> try_in(const std::string& login, const std::string& password, const std::string& address = "10.0.0.1",
                          const std::string& shop = "") {
    return sign_in(db, shop, login, password, address, now);
  }
};

TEST_F(AccessTest, AKeyOpensForItsMerchantWithItsScopesAndIsNotKept) {
  const auto made = create_key(context, "storefront", {"orders:write", "orders:read"}, std::nullopt);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->key.substr(0, 8), "rt_demo_");
  EXPECT_GE(made->key.size(), 8u + 43u);
  const auto facts = verify_key(db, made->key, now);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->merchant, context.merchant);
  EXPECT_EQ(facts->name, "storefront");
  EXPECT_EQ(facts->scopes, (std::vector<std::string>{"orders:write", "orders:read"}));
  store::Session session(db);
  EXPECT_EQ(session.value<std::string>("SELECT key_hash FROM api_keys WHERE merchant_id = $1", context.merchant), sha256_hex(made->key));
}

TEST_F(AccessTest, AWrongExpiredRevokedOrMalformedKeyOpensNothing) {
  const auto key = create_key(context, "k", {"admin"}, now + kDay);
  ASSERT_TRUE(key);
  EXPECT_TRUE(verify_key(db, key->key, now));
  EXPECT_FALSE(verify_key(db, key->key, now + kDay));
  EXPECT_FALSE(verify_key(db, key->key + "x", now));
  for (const std::string bad : {"", "rt_", "rt_demo", "rt_demo_", "rt__x", "rt_DEMO_x", "Bearer x", "rt_other_abc"}) {
    EXPECT_FALSE(verify_key(db, bad, now)) << bad;
  }
  ASSERT_TRUE(revoke_key(context, key->id));
  EXPECT_FALSE(verify_key(db, key->key, now));
  EXPECT_EQ(revoke_key(context, key->id).error().code, "key_not_found");
}

TEST_F(AccessTest, AKeyUnderAnotherMerchantsSlugOpensNothing) {
  const auto other = create_merchant(db, {.slug = "other", .name = "Other"}, now);
  ASSERT_TRUE(other);
  auto key = create_key(context, "k", {"admin"}, std::nullopt);
  ASSERT_TRUE(key);
  EXPECT_FALSE(verify_key(db, "rt_other_" + key->key.substr(8), now));
  const Context others{db, *other, {"api", "test"}, now};
  EXPECT_EQ(revoke_key(others, key->id).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(list_keys(others).empty());
}

TEST_F(AccessTest, UnknownScopesAndRolesAreRefusedByName) {
  EXPECT_NE(create_key(context, "k", {"orders:delete"}, std::nullopt).error().message.find("orders:delete"), std::string::npos);
  EXPECT_EQ(create_user(context, {"x", "X", "long enough", {"king"}}).error().faults.at(0).pointer, "/roles");
  EXPECT_EQ(create_user(context, {"x", "X", "short", {"agent"}}).error().faults.at(0).pointer, "/password");
  EXPECT_EQ(create_user(context, {"a b", "X", "long enough", {"agent"}}).error().faults.at(0).pointer, "/login");
}

TEST_F(AccessTest, RolesGrantWhatTheirTableSays) {
  EXPECT_EQ(scopes_of({"picker"}), (std::vector<std::string>{"orders:read", "scans:write"}));
  EXPECT_EQ(scopes_of({"admin"}), (std::vector<std::string>{"admin"}));
  EXPECT_EQ(scopes_of({"agent", "picker"}),
            (std::vector<std::string>{"orders:read", "orders:write", "returns:write", "tracking:read", "scans:write"}));
  EXPECT_TRUE(scopes_of({"king"}).empty());
  for (const auto role : kRoles) EXPECT_FALSE(scopes_of({std::string(role)}).empty()) << role;
}

TEST_F(AccessTest, ALoginOrSlugIsTakenOnce) {
  add_user("ana");
  EXPECT_EQ(create_user(context, {"ana", "Other", "correct horse", {"agent"}}).error().kind, ErrorKind::conflict);
  EXPECT_EQ(create_merchant(db, {.slug = "demo", .name = "Again"}, now).error().kind, ErrorKind::conflict);
}

TEST_F(AccessTest, SigningInGivesASessionThatReadsBack) {
  add_user("ana", {"agent", "picker"});
  const auto in = try_in("ana", "correct horse");
  ASSERT_TRUE(in) << in.error().message;
  const auto facts = read_session(db, in->token, now);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->merchant, context.merchant);
  EXPECT_EQ(facts->login, "ana");
  EXPECT_EQ(facts->roles, (std::vector<std::string>{"agent", "picker"}));
  EXPECT_GE(facts->csrf.size(), 22u);
  store::Session session(db);
  EXPECT_EQ(session.value<std::int64_t>("SELECT count(*) FROM sessions WHERE token_hash = $1", sha256_hex(in->token)), 1);
  EXPECT_EQ(session.value<std::int64_t>("SELECT count(*) FROM login_failures"), 0);
}

TEST_F(AccessTest, EverySignInGetsANewSession) {
  add_user("ana");
  const auto first = try_in("ana", "correct horse"), second = try_in("ana", "correct horse");
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->token, second->token);
  EXPECT_NE(read_session(db, first->token, now)->csrf, read_session(db, second->token, now)->csrf);
}

TEST_F(AccessTest, WrongPasswordUnknownLoginAndUnknownShopGetTheSameAnswer) {
  add_user("ana");
  const auto wrong = try_in("ana", "battery staple"), unknown = try_in("bob", "battery staple"),
             shop = try_in("ana", "correct horse", "10.0.0.1", "nowhere");
  ASSERT_FALSE(wrong || unknown || shop);
  EXPECT_EQ(wrong.error().message, unknown.error().message);
  EXPECT_EQ(wrong.error().message, shop.error().message);
  EXPECT_EQ(wrong.error().code, "wrong_login");
  EXPECT_EQ(shop.error().code, "wrong_login");
}

TEST_F(AccessTest, AttemptsPerAccountAreLimitedFromAnyAddressEvenWithTheRightPassword) {
  add_user("ana");
  for (int i = 0; i < kAttemptsPerLogin; ++i) EXPECT_EQ(try_in("ana", "wrong", "10.0.0." + std::to_string(i)).error().code, "wrong_login");
  const auto refused = try_in("ana", "correct horse", "10.1.1.1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_GT(refused.error().retry_after_s, 0);
  now = now + kAttemptWindow + kSecond;
  EXPECT_TRUE(try_in("ana", "correct horse", "10.1.1.1"));
}

TEST_F(AccessTest, AttemptsPerAddressAreLimitedOverAllAccounts) {
  {
    store::Session session(db);
    session.run(
        "INSERT INTO login_failures (merchant_id, subject, failed_at) SELECT $1, 'address:10.9.9.9', $2::timestamptz "
        "FROM generate_series(1, $3::int)",
        {context.merchant, now - kMinute, kAttemptsPerAddress});
  }
  add_user("ana");
  EXPECT_EQ(try_in("ana", "correct horse", "10.9.9.9").error().code, "too_many_attempts");
  EXPECT_TRUE(try_in("ana", "correct horse", "10.9.9.8"));
}

TEST_F(AccessTest, ManyGuessesAtOnceAreNotMoreThanTheLimit) {
  add_user("ana");
  std::atomic<int> judged{0}, limited{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { (try_in("ana", "wrong").error().code == "wrong_login" ? judged : limited)++; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(judged, kAttemptsPerLogin);
  EXPECT_EQ(judged + limited, 16);
}

TEST_F(AccessTest, ASessionEndsByIdlenessByAgeBySignOutAndByDisabling) {
  add_user("ana");
  const auto idle = try_in("ana", "correct horse"), left = try_in("ana", "correct horse");
  ASSERT_TRUE(idle && left);
  sign_out(db, left->token);
  EXPECT_FALSE(read_session(db, left->token, now));
  EXPECT_TRUE(read_session(db, idle->token, now + kSessionIdle - kSecond));
  EXPECT_FALSE(read_session(db, idle->token, now + 2 * kSessionIdle));
  const auto worker = try_in("ana", "correct horse");
  for (std::int64_t at = 0; at < kSessionAbsolute; at += 6 * kHour) EXPECT_TRUE(read_session(db, worker->token, now + at)) << at;
  EXPECT_FALSE(read_session(db, worker->token, now + kSessionAbsolute));
  const auto last = try_in("ana", "correct horse");
  ASSERT_TRUE(disable_user(context, "ana"));
  EXPECT_FALSE(read_session(db, last->token, now));
  EXPECT_EQ(try_in("ana", "correct horse").error().code, "wrong_login");
}

TEST_F(AccessTest, ANewPasswordEndsSessionsAndTheOldPasswordIsOver) {
  add_user("ana");
  const auto in = try_in("ana", "correct horse");
  ASSERT_TRUE(change_password(context, "ana", "battery staple"));
  EXPECT_FALSE(read_session(db, in->token, now));
  EXPECT_FALSE(try_in("ana", "correct horse"));
  EXPECT_TRUE(try_in("ana", "battery staple"));
}

TEST_F(AccessTest, SeenIsWrittenAtMostOnceAMinute) {
  add_user("ana");
  const auto in = try_in("ana", "correct horse");
  const auto seen = [&] { return store::Session(db).value<Instant>("SELECT seen_at FROM sessions"); };
  read_session(db, in->token, now + 59 * kSecond);
  EXPECT_EQ(seen(), now);
  read_session(db, in->token, now + 61 * kSecond);
  EXPECT_EQ(seen(), now + 61 * kSecond);
}

TEST_F(AccessTest, ForgedTokensReadNothing) {
  add_user("ana");
  const auto in = try_in("ana", "correct horse");
  for (const std::string& bad : {std::string(), std::string("."), std::string("1."), in->token + "x", in->token.substr(1),
                                 "2" + in->token.substr(1), std::string(200, 'a') + ".b"}) {
    EXPECT_FALSE(read_session(db, bad, now)) << bad;
  }
}

TEST_F(AccessTest, TwoMerchantsMayHaveTheSameLoginAndTheShopTellsThemApart) {
  const auto other = create_merchant(db, {.slug = "other", .name = "Other"}, now);
  ASSERT_TRUE(other);
  add_user("ana");
  ASSERT_TRUE(create_user({db, *other, {}, now}, {"ana", "Other Ana", "another horse", {"admin"}}));
  EXPECT_FALSE(try_in("ana", "correct horse")) << "without a shop nobody can tell whose Ana it is";
  EXPECT_EQ(try_in("ana", "correct horse", "10.0.0.1", "demo")->merchant, context.merchant);
  EXPECT_EQ(try_in("other/ana", "another horse")->merchant, *other);
  EXPECT_FALSE(try_in("other/ana", "correct horse"));
}

TEST_F(AccessTest, TheLinkSecretIsMadeOnceForEveryProcess) {
  std::vector<std::string> secrets(4);
  std::vector<std::thread> threads;
  for (auto& secret : secrets) threads.emplace_back([&] { secret = installation_link_secret(db); });
  for (auto& thread : threads) thread.join();
  for (const auto& secret : secrets) EXPECT_EQ(secret, secrets.front());
  EXPECT_GE(secrets.front().size(), 43u);
}

TEST_F(AccessTest, PlacesAreMadeOnceByName) {
  const auto warehouse = create_warehouse(context, {.name = "north"});
  ASSERT_TRUE(warehouse);
  EXPECT_TRUE(create_bin(context, *warehouse, "N-01", 1));
  EXPECT_EQ(create_bin(context, *warehouse, "N-01", 2).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(create_station(context, *warehouse, "pick-9", "pick"));
  EXPECT_EQ(create_station(context, *warehouse, "fly-9", "fly").error().kind, ErrorKind::invalid);
}

TEST_F(AccessTest, SweepingForgetsWhatIsOverAndNothingElse) {
  add_user("ana");
  const auto in = try_in("ana", "correct horse");
  EXPECT_FALSE(try_in("ana", "wrong"));
  sweep_access(db, context.merchant, now);
  EXPECT_TRUE(read_session(db, in->token, now));
  EXPECT_EQ(store::Session(db).value<std::int64_t>("SELECT count(*) FROM login_failures"), 2);
  sweep_access(db, context.merchant, now + kSessionAbsolute + kDay);
  EXPECT_EQ(store::Session(db).value<std::int64_t>("SELECT count(*) FROM login_failures"), 0);
  EXPECT_EQ(store::Session(db).value<std::int64_t>("SELECT count(*) FROM sessions"), 0);
}

}  // namespace
}  // namespace roundtrip::usecases
