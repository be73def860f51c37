// Merchants, people, keys and sessions.
#include "usecases/access.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/keys.hpp"
#include "store/merchants.hpp"
#include "store/users.hpp"

namespace roundtrip::usecases {
namespace {
struct RoleScopes {
  std::string_view role;
  std::vector<std::string_view> scopes;
};
const std::vector<RoleScopes>& role_table() {
  static const std::vector<RoleScopes> table = {
      {"picker", {"orders:read", "scans:write"}},
      {"packer", {"orders:read", "scans:write"}},
      {"returns_clerk", {"orders:read", "scans:write", "returns:write", "tracking:read"}},
      {"agent", {"orders:read", "orders:write", "returns:write", "tracking:read"}},
      {"manager",
       {"orders:read", "orders:write", "returns:write", "tracking:read", "stock:write", "scans:write", "refunds:approve",
        "vouchers:write"}},
      // Who grants money and who sends it are two people.
      {"cashier", {"orders:read", "refunds:send", "vouchers:redeem"}},
      {"admin", {"admin"}},
  };
  return table;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    if (blank != 0) out.emplace_back(text.substr(0, blank));
    if (blank == std::string_view::npos) break;
    text.remove_prefix(blank + 1);
  }
  return out;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

bool is_name_of_something(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20; });
}

bool is_slug(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 31 && fits(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return fits(c) || c == '-'; });
}

bool is_login(std::string_view text) { return is_name_of_something(text, 100) && text.find_first_of(" /") == std::string_view::npos; }

bool is_color(std::string_view text) {
  return text.size() == 7 && text.front() == '#' && text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

Error invalid_field(const std::string& field, const std::string& message) {
  return {.kind = ErrorKind::invalid, .code = "invalid", .message = message, .faults = {{"/" + field, "invalid", message}}};
}

// Runs an insert; a taken name becomes a conflict.
template <class Work>
auto insert_unless_taken(const std::string& what, const Work& work) -> Result<decltype(work())> {
  try {
    return work();
  } catch (const store::DatabaseError& error) {
    if (error.sqlstate != "23505") throw;
    return Error{.kind = ErrorKind::conflict, .code = "taken", .message = what + " exists already; choose another name."};
  }
}

std::optional<Error> fault_of_roles(const std::vector<std::string>& roles) {
  if (roles.empty()) return invalid_field("roles", "Give at least one role: picker, packer, returns_clerk, agent, manager or admin.");
  for (const auto& role : roles) {
    if (std::find(std::begin(kRoles), std::end(kRoles), role) == std::end(kRoles)) {
      return invalid_field("roles",
                           "The role '" + role + "' is unknown; roles are picker, packer, returns_clerk, agent, manager and admin.");
    }
  }
  return std::nullopt;
}

std::optional<Error> fault_of_password(std::string_view password) {
  if (password.size() >= kShortestPassword && password.size() <= kLongestPassword) return std::nullopt;
  return invalid_field("password", "A password has 8 to 200 characters.");
}

MerchantView to_view(const store::MerchantRow& row) {
  return {row.id,
          {row.slug, row.name, row.currency, row.default_locale, row.time_zone, row.color, row.contact_phone, row.contact_email,
           row.contact_hours, row.return_address}};
}

Error no_such_user(const std::string& login) {
  return {.kind = ErrorKind::not_found,
          .code = "user_not_found",
          .message = "There is no user '" + login + "'; list the users to see the logins."};
}
}  // namespace

std::vector<std::string> scopes_of(const std::vector<std::string>& roles) {
  std::vector<std::string> out;
  for (const auto scope : kScopes) {
    const bool granted = std::any_of(role_table().begin(), role_table().end(), [&](const RoleScopes& row) {
      return std::find(roles.begin(), roles.end(), row.role) != roles.end() &&
             std::find(row.scopes.begin(), row.scopes.end(), scope) != row.scopes.end();
    });
    if (granted) out.emplace_back(scope);
  }
  return out;
}

Result<MerchantId> create_merchant(store::Database& db, const NewMerchant& m, Instant now) {
  if (!is_slug(m.slug)) return invalid_field("slug", "A slug has 1 to 31 characters: a-z, 0-9 and -, the first no -.");
  if (!is_name_of_something(m.name, 200)) return invalid_field("name", "A merchant has a name of 1 to 200 characters.");
  if (!domain::is_currency(m.currency)) return invalid_field("currency", "'" + m.currency + "' is no ISO 4217 currency.");
  if (!is_color(m.color)) return invalid_field("color", "A color is written as #1f6f54.");
  store::Session session(db);
  store::link_secret(session, random_token(32));
  return insert_unless_taken("The merchant '" + m.slug + "'", [&] {
    return store::insert_merchant(session,
                                  {{},
                                   m.slug,
                                   m.name,
                                   m.currency,
                                   m.default_locale,
                                   m.time_zone,
                                   m.color,
                                   m.contact_phone,
                                   m.contact_email,
                                   m.contact_hours,
                                   m.return_address},
                                  now);
  });
}

std::optional<MerchantView> read_merchant(store::Database& db, MerchantId merchant) {
  store::Session session(db);
  const auto row = store::merchant_by_id(session, merchant);
  if (!row) return std::nullopt;
  return to_view(*row);
}

std::optional<MerchantView> find_merchant(store::Database& db, std::string_view slug) {
  store::Session session(db);
  const auto row = store::merchant_by_slug(session, slug);
  if (!row) return std::nullopt;
  return to_view(*row);
}

std::vector<MerchantView> list_merchants(store::Database& db) {
  store::Session session(db);
  std::vector<MerchantView> out;
  for (const auto& row : store::all_merchants(session, 1000)) out.push_back(to_view(row));
  return out;
}

std::string installation_link_secret(store::Database& db) {
  store::Session session(db);
  return store::link_secret(session, random_token(32));
}

Result<WarehouseId> create_warehouse(const Context& context, const NewWarehouse& w) {
  if (!is_name_of_something(w.name, 60)) return invalid_field("name", "A warehouse has a name of 1 to 60 characters.");
  store::Session session(context.db);
  return insert_unless_taken("The warehouse '" + w.name + "'", [&] {
    return store::insert_warehouse(session, context.merchant,
                                   {{}, w.name, w.time_zone, w.address, w.cutoff_hour, w.handling_days, w.transit_days});
  });
}

Result<BinId> create_bin(const Context& context, WarehouseId warehouse, const std::string& name, int walk_order) {
  if (!is_name_of_something(name, 40)) return invalid_field("name", "A bin has a name of 1 to 40 characters.");
  store::Session session(context.db);
  return insert_unless_taken("The bin '" + name + "'",
                             [&] { return store::insert_bin(session, context.merchant, warehouse, name, walk_order); });
}

Result<StationId> create_station(const Context& context, WarehouseId warehouse, const std::string& name, const std::string& kind) {
  if (!is_slug(name)) return invalid_field("name", "A station's name has 1 to 31 characters: a-z, 0-9 and -.");
  constexpr std::string_view kinds[] = {"receive", "pick", "pack", "dispatch", "returns"};
  if (std::find(std::begin(kinds), std::end(kinds), kind) == std::end(kinds)) {
    return invalid_field("kind", "A station's kind is receive, pick, pack, dispatch or returns.");
  }
  store::Session session(context.db);
  return insert_unless_taken("The station '" + name + "'",
                             [&] { return store::insert_station(session, context.merchant, warehouse, name, kind); });
}

Result<UserId> create_user(const Context& context, const NewUser& user) {
  if (!is_login(user.login)) return invalid_field("login", "A login has 1 to 100 characters without blanks and slashes.");
  if (!is_name_of_something(user.name, 200)) return invalid_field("name", "A user has a name of 1 to 200 characters.");
  if (const auto fault = fault_of_password(user.password)) return *fault;
  if (const auto fault = fault_of_roles(user.roles)) return *fault;
  const std::string hash = hash_password(user.password);
  store::Session session(context.db);
  return insert_unless_taken("The user '" + user.login + "'", [&] {
    return store::insert_user(session, context.merchant, {{}, user.login, user.name, hash, join_words(user.roles), std::nullopt, {}},
                              context.now);
  });
}

std::vector<UserView> list_users(const Context& context) {
  store::Session session(context.db);
  std::vector<UserView> out;
  for (const auto& row : store::users_of(session, context.merchant)) {
    out.push_back({row.id, row.login, row.name, split_words(row.roles), row.disabled_at.has_value(), row.created_at});
  }
  return out;
}

Done change_password(const Context& context, const std::string& login, const std::string& password) {
  if (const auto fault = fault_of_password(password)) return *fault;
  const std::string hash = hash_password(password);
  store::Transaction tx(context.db);
  if (!store::set_password(tx, context.merchant, login, hash)) return no_such_user(login);
  tx.commit();
  return done();
}

Done change_roles(const Context& context, const std::string& login, const std::vector<std::string>& roles) {
  if (const auto fault = fault_of_roles(roles)) return *fault;
  store::Session session(context.db);
  if (!store::set_roles(session, context.merchant, login, join_words(roles))) return no_such_user(login);
  return done();
}

Done disable_user(const Context& context, const std::string& login) {
  store::Transaction tx(context.db);
  if (!store::disable_user(tx, context.merchant, login, context.now)) return no_such_user(login);
  tx.commit();
  return done();
}

Result<CreatedKey> create_key(const Context& context, const std::string& name, const std::vector<std::string>& scopes,
                              std::optional<Instant> expires_at) {
  if (!is_name_of_something(name, 100)) return invalid_field("name", "A key has a name of 1 to 100 characters.");
  if (scopes.empty()) return invalid_field("scopes", "Give at least one scope, e.g. orders:write.");
  for (const auto& scope : scopes) {
    if (std::find(std::begin(kScopes), std::end(kScopes), scope) == std::end(kScopes)) {
      return invalid_field("scopes", "The scope '" + scope +
                                         "' is unknown; scopes are orders:read, orders:write, returns:write, tracking:read, stock:write, "
                                         "scans:write, refunds:approve, refunds:send, vouchers:write, vouchers:redeem and admin.");
    }
  }
  store::Session session(context.db);
  const auto merchant = store::merchant_by_id(session, context.merchant);
  if (!merchant) return Error{.kind = ErrorKind::not_found, .code = "merchant_not_found", .message = "There is no such merchant."};
  const std::string key = "rt_" + merchant->slug + "_" + random_token(32);
  const auto id = store::insert_key(session, context.merchant, sha256_hex(key), name, join_words(scopes), expires_at, context.now);
  return CreatedKey{id, key};
}

std::vector<KeyView> list_keys(const Context& context) {
  store::Session session(context.db);
  std::vector<KeyView> out;
  for (const auto& row : store::keys_of(session, context.merchant)) {
    out.push_back({row.id, row.name, split_words(row.scopes), row.created_at, row.expires_at, row.revoked_at});
  }
  return out;
}

Done revoke_key(const Context& context, KeyId key) {
  store::Session session(context.db);
  if (store::revoke_key(session, context.merchant, key, context.now)) return done();
  return Error{.kind = ErrorKind::not_found, .code = "key_not_found", .message = "There is no such key that is not revoked already."};
}

std::optional<KeyFacts> verify_key(store::Database& db, std::string_view key, Instant now) {
  if (key.size() > 120 || !key.starts_with("rt_")) return std::nullopt;
  const auto end = key.find('_', 3);  // slugs hold no underscore
  if (end == std::string_view::npos || !is_slug(key.substr(3, end - 3))) return std::nullopt;
  store::Session session(db);
  const auto row = store::find_key(session, key.substr(3, end - 3), sha256_hex(key), now);
  if (!row) return std::nullopt;
  return KeyFacts{row->merchant, row->id, row->name, split_words(row->scopes)};
}

namespace {
// A hash of a password that nobody has, so that an unknown login costs what a known one costs.
const std::string& nobodys_hash() {
  static const std::string hash = hash_password(random_token(32));
  return hash;
}

// The merchant whose door is knocked at; for an unknown shop the first one, where the attempt counts.
struct Door {
  MerchantId merchant;
  bool known = false;
};
std::optional<Door> find_door(store::Session& session, std::string_view shop) {
  if (is_slug(shop)) {
    if (const auto merchant = store::merchant_by_slug(session, shop)) return Door{merchant->id, true};
  }
  const auto all = store::all_merchants(session, 2);
  if (all.empty()) return std::nullopt;
  return Door{all.front().id, shop.empty() && all.size() == 1};
}

Error wrong_login() {
  return {.kind = ErrorKind::unauthorized, .code = "wrong_login", .message = "Login or password is wrong. Check both and try again."};
}

// "<merchant>.<random>": the merchant leads every key of ours.
std::optional<MerchantId> merchant_of_token(std::string_view token) {
  const auto dot = token.find('.');
  if (dot == std::string_view::npos || token.size() > 64) return std::nullopt;
  const auto number = crockford_decode(token.substr(0, dot));
  if (!number) return std::nullopt;
  return MerchantId{*number};
}
}  // namespace

Result<SignedIn> sign_in(store::Database& db, std::string_view shop, std::string_view login, std::string_view password,
                         std::string_view address, Instant now) {
  if (const auto slash = login.find('/'); slash != std::string_view::npos) {
    shop = login.substr(0, slash);
    login = login.substr(slash + 1);
  }
  if (!is_login(login) || password.size() > kLongestPassword || password.empty()) return wrong_login();
  std::optional<Door> door;
  std::optional<store::UserRow> user;
  const std::string by_login = "login:" + std::string(login), by_address = "address:" + std::string(address.substr(0, 64));
  {
    store::Session session(db);
    door = find_door(session, shop);
    if (!door) return wrong_login();
    const bool too_many = store::note_attempt(session, door->merchant, by_login, now - kAttemptWindow, now) > kAttemptsPerLogin ||
                          store::note_attempt(session, door->merchant, by_address, now - kAttemptWindow, now) > kAttemptsPerAddress;
    if (too_many) {
      store::forget_attempt(session, door->merchant, by_login, now);
      store::forget_attempt(session, door->merchant, by_address, now);
      return Error{.kind = ErrorKind::rate_limited,
                   .code = "too_many_attempts",
                   .message = "Too many attempts. Wait 15 minutes, or ask an administrator to set a new password.",
                   .retry_after_s = static_cast<int>(kAttemptWindow / kSecond)};
    }
    if (door->known) user = store::user_by_login(session, door->merchant, login);
  }
  // The slow part holds no connection.
  const bool fits = verify_password(user ? user->password_hash : nobodys_hash(), password);
  if (!user || !fits || user->disabled_at) return wrong_login();
  const SignedIn signed_in{crockford_encode(door->merchant.value) + "." + random_token(16), door->merchant, user->id};
  store::Session session(db);
  store::forget_attempts(session, door->merchant, by_login);
  store::forget_attempt(session, door->merchant, by_address, now);
  store::insert_session(session, door->merchant, sha256_hex(signed_in.token), user->id, random_token(16), now + kSessionAbsolute, now);
  return signed_in;
}

std::optional<SessionFacts> read_session(store::Database& db, std::string_view token, Instant now) {
  const auto merchant = merchant_of_token(token);
  if (!merchant) return std::nullopt;
  const std::string hash = sha256_hex(token);
  store::Session session(db);
  const auto row = store::find_session(session, *merchant, hash, now - kSessionIdle, now);
  if (!row) return std::nullopt;
  if (now - row->seen_at > kMinute) store::touch_session(session, *merchant, hash, now);
  const auto roles = split_words(row->roles);
  return SessionFacts{*merchant, row->user, row->login, row->name, row->csrf, roles, scopes_of(roles)};
}

void sign_out(store::Database& db, std::string_view token) {
  const auto merchant = merchant_of_token(token);
  if (!merchant) return;
  store::Session session(db);
  store::delete_session(session, *merchant, sha256_hex(token));
}

void sweep_access(store::Database& db, MerchantId merchant, Instant now) {
  store::Session session(db);
  store::sweep_sessions(session, merchant, now - kAttemptWindow, now);
}

}  // namespace roundtrip::usecases
