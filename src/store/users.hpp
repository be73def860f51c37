// People who sign in, their sessions, and failed attempts.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct UserRow {
  UserId id;
  std::string login, name;
  std::string password_hash;
  std::string roles;  // blank-separated
  std::optional<Instant> disabled_at;
  Instant created_at;
};

// Throws DatabaseError 23505 when the login is taken.
UserId insert_user(Queryable& db, MerchantId merchant, const UserRow& user, Instant now);
std::optional<UserRow> user_by_login(Queryable& db, MerchantId merchant, std::string_view login);
// By login, at most 500.
std::vector<UserRow> users_of(Queryable& db, MerchantId merchant);
// Each gives false when there is no such login. A new password and disabling end the user's sessions.
bool set_password(Transaction& tx, MerchantId merchant, std::string_view login, std::string_view password_hash);
bool set_roles(Queryable& db, MerchantId merchant, std::string_view login, std::string_view roles);
bool disable_user(Transaction& tx, MerchantId merchant, std::string_view login, Instant now);

struct SessionRow {
  UserId user;
  std::string login, name, roles, csrf;
  Instant seen_at;
};

void insert_session(Queryable& db, MerchantId merchant, std::string_view token_hash, UserId user, std::string_view csrf, Instant expires_at,
                    Instant now);
// A session that is neither over nor idle since before `idle_since`, of a user who is not disabled.
std::optional<SessionRow> find_session(Queryable& db, MerchantId merchant, std::string_view token_hash, Instant idle_since, Instant now);
void touch_session(Queryable& db, MerchantId merchant, std::string_view token_hash, Instant now);
void delete_session(Queryable& db, MerchantId merchant, std::string_view token_hash);
// Forgets sessions that ended before `now` and failures before `failed_before`; at most 1000 rows each.
void sweep_sessions(Queryable& db, MerchantId merchant, Instant failed_before, Instant now);

// Notes an attempt before it is judged, and counts the attempts since `since`, this one included.
std::int64_t note_attempt(Queryable& db, MerchantId merchant, std::string_view subject, Instant since, Instant now);
// Takes one attempt of `now` back.
void forget_attempt(Queryable& db, MerchantId merchant, std::string_view subject, Instant at);
void forget_attempts(Queryable& db, MerchantId merchant, std::string_view subject);

}  // namespace roundtrip::store
