// The tables users, sessions and login_failures.
#include "store/users.hpp"

namespace roundtrip::store {
namespace {
using UserTuple = std::tuple<UserId, std::string, std::string, std::string, std::string, std::optional<Instant>, Instant>;
UserRow to_user(const UserTuple& row) {
  const auto& [id, login, name, hash, roles, disabled_at, created_at] = row;
  return {id, login, name, hash, roles, disabled_at, created_at};
}
void end_sessions_of(Transaction& tx, MerchantId merchant, UserId user) {
  tx.write("DELETE FROM sessions WHERE merchant_id = $1 AND user_id = $2", merchant, user);
}
}  // namespace

UserId insert_user(Queryable& db, MerchantId merchant, const UserRow& user, Instant now) {
  return db
      .value<UserId>(
          "INSERT INTO users (merchant_id, login, name, password_hash, roles, created_at) VALUES ($1, $2, $3, $4, $5, $6) "
          "RETURNING user_id",
          merchant, user.login, user.name, user.password_hash, user.roles, now)
      .value();
}

std::optional<UserRow> user_by_login(Queryable& db, MerchantId merchant, std::string_view login) {
  const auto found = db.row<UserId, std::string, std::string, std::string, std::string, std::optional<Instant>, Instant>(
      "SELECT user_id, login, name, password_hash, roles, disabled_at, created_at FROM users WHERE merchant_id = $1 AND login = $2",
      merchant, login);
  if (!found) return std::nullopt;
  return to_user(*found);
}

std::vector<UserRow> users_of(Queryable& db, MerchantId merchant) {
  std::vector<UserRow> out;
  for (const auto& row : db.rows<UserId, std::string, std::string, std::string, std::string, std::optional<Instant>, Instant>(
           "SELECT user_id, login, name, password_hash, roles, disabled_at, created_at FROM users WHERE merchant_id = $1 "
           "ORDER BY login LIMIT 500",
           merchant)) {
    out.push_back(to_user(row));
  }
  return out;
}

bool set_password(Transaction& tx, MerchantId merchant, std::string_view login, std::string_view password_hash) {
  const auto user = tx.value<UserId>("UPDATE users SET password_hash = $3 WHERE merchant_id = $1 AND login = $2 RETURNING user_id",
                                     merchant, login, password_hash);
  if (user) end_sessions_of(tx, merchant, *user);
  return user.has_value();
}

bool set_roles(Queryable& db, MerchantId merchant, std::string_view login, std::string_view roles) {
  return db.value<UserId>("UPDATE users SET roles = $3 WHERE merchant_id = $1 AND login = $2 RETURNING user_id", merchant, login, roles)
      .has_value();
}

bool disable_user(Transaction& tx, MerchantId merchant, std::string_view login, Instant now) {
  const auto user = tx.value<UserId>(
      "UPDATE users SET disabled_at = coalesce(disabled_at, $3::timestamptz) WHERE merchant_id = $1 AND login = $2 RETURNING user_id",
      merchant, login, now);
  if (user) end_sessions_of(tx, merchant, *user);
  return user.has_value();
}

void insert_session(Queryable& db, MerchantId merchant, std::string_view token_hash, UserId user, std::string_view csrf, Instant expires_at,
                    Instant now) {
  db.run(
      "INSERT INTO sessions (merchant_id, token_hash, user_id, csrf, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
      {merchant, token_hash, user, csrf, now, expires_at});
}

std::optional<SessionRow> find_session(Queryable& db, MerchantId merchant, std::string_view token_hash, Instant idle_since, Instant now) {
  const auto found = db.row<UserId, std::string, std::string, std::string, std::string, Instant>(
      "SELECT u.user_id, u.login, u.name, u.roles, s.csrf, s.seen_at "
      "FROM sessions s JOIN users u ON u.merchant_id = s.merchant_id AND u.user_id = s.user_id "
      "WHERE s.merchant_id = $1 AND s.token_hash = $2 AND s.seen_at > $3::timestamptz AND s.expires_at > $4::timestamptz "
      "AND u.disabled_at IS NULL",
      merchant, token_hash, idle_since, now);
  if (!found) return std::nullopt;
  const auto& [user, login, name, roles, csrf, seen_at] = *found;
  return SessionRow{user, login, name, roles, csrf, seen_at};
}

void touch_session(Queryable& db, MerchantId merchant, std::string_view token_hash, Instant now) {
  db.run("UPDATE sessions SET seen_at = greatest(seen_at, $3::timestamptz) WHERE merchant_id = $1 AND token_hash = $2",
         {merchant, token_hash, now});
}

void delete_session(Queryable& db, MerchantId merchant, std::string_view token_hash) {
  db.run("DELETE FROM sessions WHERE merchant_id = $1 AND token_hash = $2", {merchant, token_hash});
}

void sweep_sessions(Queryable& db, MerchantId merchant, Instant failed_before, Instant now) {
  db.run(
      "DELETE FROM sessions WHERE merchant_id = $1 AND token_hash IN "
      "(SELECT token_hash FROM sessions WHERE merchant_id = $1 AND expires_at < $2::timestamptz LIMIT 1000)",
      {merchant, now});
  db.run(
      "DELETE FROM login_failures WHERE merchant_id = $1 AND failure_id IN "
      "(SELECT failure_id FROM login_failures WHERE merchant_id = $1 AND failed_at < $2::timestamptz LIMIT 1000)",
      {merchant, failed_before});
}

std::int64_t note_attempt(Queryable& db, MerchantId merchant, std::string_view subject, Instant since, Instant now) {
  db.run("INSERT INTO login_failures (merchant_id, subject, failed_at) VALUES ($1, $2, $3)", {merchant, subject, now});
  return db
      .value<std::int64_t>("SELECT count(*) FROM login_failures WHERE merchant_id = $1 AND subject = $2 AND failed_at > $3::timestamptz",
                           merchant, subject, since)
      .value();
}

void forget_attempt(Queryable& db, MerchantId merchant, std::string_view subject, Instant at) {
  db.run(
      "DELETE FROM login_failures WHERE merchant_id = $1 AND subject = $2 AND failed_at = $3 AND failure_id = "
      "(SELECT max(failure_id) FROM login_failures WHERE merchant_id = $1 AND subject = $2 AND failed_at = $3)",
      {merchant, subject, at});
}

void forget_attempts(Queryable& db, MerchantId merchant, std::string_view subject) {
  db.run("DELETE FROM login_failures WHERE merchant_id = $1 AND subject = $2", {merchant, subject});
}

}  // namespace roundtrip::store
