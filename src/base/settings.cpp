// The table of settings. config/roundtrip.toml repeats it for people; a test holds both equal.
#include "base/config.hpp"

namespace roundtrip {
namespace {
using enum SettingType;
constexpr Setting kSettings[] = {
    // key, type, default, min, max, help
    {"http.host", text, "127.0.0.1", 0, 0, "address of the front door (nginx)"},
    {"http.port", integer, "8080", 1, 65535, "port of the front door (nginx)"},
    {"http.socket", text, "var/run/roundtrip.sock", 0, 0, "unix socket the program listens on; at most 107 bytes"},
    {"http.operations_host", text, "127.0.0.1", 0, 0, "address of the operations listener (/livez /readyz /metrics)"},
    {"http.operations_port", integer, "8081", 0, 65535, "port of the operations listener; 0: none"},
    {"http.public_url", text, "http://127.0.0.1:8080", 0, 0, "what links in mails and labels begin with"},
    {"http.threads", integer, "24", 2, 512, "threads that answer requests"},
    {"http.max_body_bytes", integer, "4194304", 1024, 67108864, "largest request body, bytes"},
    {"http.rate_limit_per_minute", integer, "120000", 1, 100000000, "requests per API key per minute"},
    {"database.url", text, "", 0, 0, "libpq connection string; empty: the private server of ./run"},
    {"database.pool_size", integer, "12", 1, 200, "connections of one process"},
    {"database.lease_timeout_ms", integer, "2000", 1, 60000, "longest wait for a connection before 503, ms"},
    {"database.statement_timeout_ms", integer, "15000", 100, 600000, "longest statement, ms"},
    {"database.lock_timeout_ms", integer, "4000", 10, 60000, "longest wait for a row lock, ms"},
    {"log.level", text, "info", 0, 0, "debug, info, warn, error or off"},
    {"mail.smtp_url", text, "", 0, 0, "smtp://host:port or smtps://host:port; empty: mails land in mail.outbox_dir"},
    {"mail.user", text, "", 0, 0, "SMTP user; empty: no login"},
    {"mail.password", secret, "", 0, 0, "SMTP password"},
    {"mail.from", text, "Roundtrip Demo <service@shop.example>", 0, 0, "sender of mails"},
    {"mail.outbox_dir", text, "var/outbox", 0, 0, "folder for .eml files when there is no SMTP server"},
    {"mail.timeout_ms", integer, "20000", 100, 120000, "longest delivery of one mail, ms"},
    {"notifications.merge_window_ms", integer, "2000", 0, 86400000, "shipped mails of one order within this window become one, ms"},
    {"jobs.batch", integer, "50", 1, 1000, "jobs claimed at once"},
    {"jobs.lease_s", integer, "60", 1, 3600, "how long a claimed job is hidden from others, s"},
    {"jobs.poll_ms", integer, "250", 10, 60000, "pause when there is nothing to do, ms"},
    {"jobs.max_attempts", integer, "10", 1, 100, "attempts before a job is a dead letter"},
    {"jobs.backoff_first_ms", integer, "1000", 1, 3600000, "pause after the first failure, doubled each time, ms"},
    {"jobs.backoff_max_ms", integer, "3600000", 1, 86400000, "longest pause between attempts, ms"},
    {"tracking.batch", integer, "200", 1, 1000, "trackers claimed at once"},
    {"tracking.poll_ms", integer, "500", 10, 60000, "pause when no tracker is due, ms"},
    {"tracking.threads", integer, "4", 1, 64, "carrier calls under way at once"},
    {"tracking.lease_s", integer, "60", 1, 3600, "how long a claimed tracker is hidden from others, s"},
    {"tracking.stalled_days", integer, "5", 1, 90, "days without a scan until a parcel counts as stalled"},
    {"tracking.expire_days", integer, "30", 1, 365, "days without any event until a tracker expires"},
    {"gateways.timeout_ms", integer, "12000", 100, 120000, "longest call of a payment gateway, ms"},
    {"gateways.stripe.base_url", text, "https://api.stripe.com", 0, 0, "base URL of the Stripe API"},
    {"gateways.stripe.secret_key", secret, "", 0, 0, "Stripe secret key"},
    {"gateways.stripe.webhook_secret", secret, "", 0, 0,
     "signing secret of the Stripe webhook endpoint (whsec_...); empty: events are refused"},
    {"gateways.allow_private_addresses", boolean, "false", 0, 0, "let gateways be on private or loopback addresses"},
    {"carriers.allow_private_addresses", boolean, "false", 0, 0, "let carriers be on private or loopback addresses"},
    {"carriers.timeout_ms", integer, "10000", 100, 120000, "longest carrier call, ms"},
    {"carriers.default", text, "demo", 0, 0, "carrier that dispatched parcels go to"},
    {"carriers.demo.base_url", text, "http://127.0.0.1:8082", 0, 0, "where the demo carrier answers"},
    {"carriers.demo.key", secret, "demo-key", 0, 0, "API key of the demo carrier"},
    {"carriers.demo.push_secret", secret, "", 0, 0, "what the URL of the demo carrier's pushes must carry; empty: none are taken"},
    {"carriers.demo.good_percent", integer, "90", 0, 100,
     "share of demo parcels whose way is plain; the others are late, lost, refused ..."},
    {"carriers.demo.fault_percent", integer, "1", 0, 100, "share of the demo carrier's answers that are 429, 500, slow or garbage"},
    {"carriers.demo.port", integer, "8082", 1, 65535, "port `roundtrip demo-carrier` listens on"},
    {"carriers.demo.day_s", integer, "20", 1, 86400, "how long one day of the demo carrier lasts, s"},
    {"carriers.demo.poll_s", integer, "4", 1, 86400, "how often a demo parcel under way is asked for, s"},
    {"floor.require_bin_scan", boolean, "false", 0, 0, "a picker scans the bin before the item"},
    {"refunds.threads", integer, "2", 1, 64, "gateway calls under way at once"},
    {"refunds.batch", integer, "20", 1, 1000, "refunds claimed at once"},
    {"returns.label_valid_days", integer, "28", 1, 365, "days until an unused return label expires"},
    {"imports.batch", integer, "200", 1, 2000, "documents written in one transaction"},
    {"links.valid_days", integer, "400", 1, 3650, "days a customer's link works"},
    {"assets.dir", text, "", 0, 0, "folder with config/messages, pages and fonts; empty: beside the program"},
};
}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

}  // namespace roundtrip
