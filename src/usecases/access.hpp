// Who may come in: merchants, people, API keys, sessions, and what each role may do.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/orders.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// ---- What a role may do -------------------------------------------------------------------------
inline constexpr std::string_view kRoles[] = {"picker", "packer", "returns_clerk", "agent", "manager", "cashier", "admin"};
inline constexpr std::string_view kScopes[] = {"orders:read", "orders:write",    "returns:write", "tracking:read",  "stock:write",
                                               "scans:write", "refunds:approve", "refunds:send",  "vouchers:write", "vouchers:redeem",
                                               "admin"};
// The union of the roles' scopes, in the order of kScopes; unknown roles may nothing.
std::vector<std::string> scopes_of(const std::vector<std::string>& roles);

// ---- Setting up ---------------------------------------------------------------------------------
struct NewMerchant {
  std::string slug = {}, name = {};
  std::string currency = "EUR";
  std::string default_locale = "en";
  std::string time_zone = "UTC";
  std::string color = "#1f6f54";
  std::string contact_phone = {}, contact_email = {}, contact_hours = {};
  domain::Address return_address = {};
};
Result<MerchantId> create_merchant(store::Database& db, const NewMerchant& merchant, Instant now);

struct MerchantView {
  MerchantId id;
  NewMerchant facts;
};
std::optional<MerchantView> read_merchant(store::Database& db, MerchantId merchant);
std::optional<MerchantView> find_merchant(store::Database& db, std::string_view slug);
// By slug, at most 1000.
std::vector<MerchantView> list_merchants(store::Database& db);
// The secret for usecases::Links; made on first use, the same for every process of the installation.
std::string installation_link_secret(store::Database& db);

struct NewWarehouse {
  std::string name = {};
  std::string time_zone = "UTC";
  domain::Address address = {};
  int cutoff_hour = 14, handling_days = 1, transit_days = 3;
};
Result<WarehouseId> create_warehouse(const Context& context, const NewWarehouse& warehouse);
Result<BinId> create_bin(const Context& context, WarehouseId warehouse, const std::string& name, int walk_order);
// Kinds: receive pick pack dispatch returns.
Result<StationId> create_station(const Context& context, WarehouseId warehouse, const std::string& name, const std::string& kind);

// ---- People -------------------------------------------------------------------------------------
inline constexpr std::size_t kShortestPassword = 8;
inline constexpr std::size_t kLongestPassword = 200;
struct NewUser {
  std::string login, name, password;
  std::vector<std::string> roles;
};
struct UserView {
  UserId id;
  std::string login, name;
  std::vector<std::string> roles;
  bool disabled = false;
  Instant created_at;
};
Result<UserId> create_user(const Context& context, const NewUser& user);
std::vector<UserView> list_users(const Context& context);
// Ends the user's sessions.
Done change_password(const Context& context, const std::string& login, const std::string& password);
Done change_roles(const Context& context, const std::string& login, const std::vector<std::string>& roles);
Done disable_user(const Context& context, const std::string& login);

// ---- API keys -----------------------------------------------------------------------------------
struct CreatedKey {
  KeyId id;
  std::string key;  // "rt_<slug>_<random>"; shown once, only its SHA-256 is kept
};
// `scopes` empty: refused. `expires_at` nothing: until revoked.
Result<CreatedKey> create_key(const Context& context, const std::string& name, const std::vector<std::string>& scopes,
                              std::optional<Instant> expires_at);
struct KeyView {
  KeyId id;
  std::string name;
  std::vector<std::string> scopes;
  Instant created_at;
  std::optional<Instant> expires_at, revoked_at;
};
std::vector<KeyView> list_keys(const Context& context);
Done revoke_key(const Context& context, KeyId key);

// What a valid key says about its bearer.
struct KeyFacts {
  MerchantId merchant;
  KeyId id;
  std::string name;
  std::vector<std::string> scopes;
};
// One indexed query; nothing for a malformed, unknown, expired or revoked key.
std::optional<KeyFacts> verify_key(store::Database& db, std::string_view key, Instant now);

// ---- Sessions -----------------------------------------------------------------------------------
inline constexpr std::int64_t kSessionIdle = 12 * kHour;
inline constexpr std::int64_t kSessionAbsolute = 7 * kDay;
inline constexpr std::int64_t kAttemptWindow = 15 * kMinute;
inline constexpr int kAttemptsPerLogin = 10;
inline constexpr int kAttemptsPerAddress = 50;  // a warehouse shares one address

// The session cookie's name: the __Host- prefix binds it to this host, but works over https only.
inline std::string_view session_cookie_name(bool https) { return https ? "__Host-rt_session" : "rt_session"; }

struct SignedIn {
  std::string token;  // goes into the cookie; only its SHA-256 is kept
  MerchantId merchant;
  UserId user;
};
// `shop` (a slug) may be empty when there is one merchant only; `login` may be "slug/login". A wrong
// login and a wrong password get the same answer after the same effort (unauthorized); too many
// attempts of an account or an address get rate_limited.
Result<SignedIn> sign_in(store::Database& db, std::string_view shop, std::string_view login, std::string_view password,
                         std::string_view address, Instant now);
struct SessionFacts {
  MerchantId merchant;
  UserId user;
  std::string login, name, csrf;
  std::vector<std::string> roles, scopes;
};
// Nothing for an unknown, idle or expired session, or a disabled user.
std::optional<SessionFacts> read_session(store::Database& db, std::string_view token, Instant now);
void sign_out(store::Database& db, std::string_view token);
// Forgets what is over; for the housekeeper.
void sweep_access(store::Database& db, MerchantId merchant, Instant now);

}  // namespace roundtrip::usecases
