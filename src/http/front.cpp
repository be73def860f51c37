// The front door inside the program.
#include "http/front.hpp"

#include <algorithm>
#include <cmath>

#include "base/log.hpp"
#include "base/secrets.hpp"
#include "http/idempotency.hpp"
#include "http/metrics.hpp"
#include "http/multipart.hpp"
#include "http/reply.hpp"
#include "usecases/faults.hpp"

namespace roundtrip::http {
namespace {

Error unauthorized() {
  return {ErrorKind::unauthorized, "unauthorized", "Send an API key that is valid: Authorization: Bearer rt_<merchant>_<random>."};
}

// A page in a browser is sent to the login, everything else gets a problem.
Reply sign_in_first(const Request& request) {
  const auto accept = request.header("accept").value_or("");
  if (request.method == "GET" && accept.find("text/html") != std::string_view::npos) {
    return redirect_reply("/login?next=" + percent_encode(request.path));
  }
  return problem_reply(unauthorized());
}

bool carries_json(const Request& request) {
  const auto type = request.header("content-type").value_or("");
  return type.starts_with("application/json") || request.body.empty();
}

bool carries_files(const Request& request) {
  return request.parts != nullptr || request.header("content-type").value_or("").starts_with("image/");
}

// A state change of a signed-in user must come from our own pages: token in a header or form field,
// and Fetch Metadata where the browser sends it.
bool cross_site(const Request& request) {
  const auto site = request.header("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none") return true;
  if (const auto token = request.header("x-csrf-token")) return !equal_in_constant_time(*token, request.caller.csrf);
  for (const auto& [name, value] : request.form()) {
    if (name == "csrf") return !equal_in_constant_time(value, request.caller.csrf);
  }
  return true;
}

std::string trace_of(const Request& request) {
  const auto parent = request.header("traceparent");
  if (parent && parent->size() == 55 && parent->substr(0, 3) == "00-") return std::string(parent->substr(3, 32));
  return sha256_hex(random_token()).substr(0, 32);
}

// RFC 9457: which occurrence this problem is about. The path is as it came, so what is no URI character is left out.
void name_instance(std::string& problem, std::string_view path) {
  if (problem.empty() || problem.back() != '}') return;
  std::string safe;
  for (const char c : path.substr(0, 500)) {
    if (c > ' ' && c < '\x7F' && c != '"' && c != '\\' && c != '<' && c != '>') safe.push_back(c);
  }
  problem.pop_back();
  problem += ",\"instance\":\"" + safe + "\"}";
}

}  // namespace

Reply reply_for_current_exception(const Request& request) {
  const usecases::Trouble trouble = usecases::trouble_of_current_exception();
  if (trouble.error) return problem_reply(*trouble.error);
  log::error("a handler failed",
             {{"method", request.method}, {"path", request.path}, {"why", trouble.what}, {"trace_id", request.trace_id}});
  Error error{ErrorKind::unavailable, "internal_error",
              "Something went wrong on our side. It was logged as " + request.trace_id + "; try again."};
  return problem_status_reply(500, error);
}

Front::Front(const Router& router, const Services& services, Authenticate authenticate)
    : router_(router), services_(services), authenticate_(std::move(authenticate)) {}

Reply Front::answer(Request& request) {
  request.now = roundtrip::now();
  request.trace_id = trace_of(request);
  const std::int64_t started = steady_us();
  Reply reply;
  try {
    reply = route(request);
  } catch (...) {
    reply = reply_for_current_exception(request);
  }
  if (reply.content_type == "application/problem+json") name_instance(reply.body, request.path);
  const bool page = reply.content_type.starts_with("text/html");
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (!page && !header(reply.headers, "Cache-Control")) reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("X-Trace-Id", request.trace_id);
  count_request(request.method, reply.status, steady_us() - started);
  log::debug("request", {{"method", request.method},
                         {"path", request.path},
                         {"status", std::to_string(reply.status)},
                         {"us", std::to_string(steady_us() - started)},
                         {"trace_id", request.trace_id}});
  return reply;
}

Reply Front::route(Request& request) {
  const bool head = request.method == "HEAD";
  auto match = router_.find(head ? "GET" : request.method, request.path);
  if (match.route == nullptr && match.allowed.empty()) {
    return problem_reply(
        {ErrorKind::not_found, "no_such_path", "There is nothing at this path; the API is described at /v1/openapi.json and /docs."});
  }
  if (match.route == nullptr) {
    std::sort(match.allowed.begin(), match.allowed.end());
    match.allowed.erase(std::unique(match.allowed.begin(), match.allowed.end()), match.allowed.end());
    std::string allow;
    for (const auto& method : match.allowed) allow += (allow.empty() ? "" : ", ") + method;
    Reply reply = problem_status_reply(405, {ErrorKind::invalid, "method_not_allowed", "This path takes " + allow + "."});
    reply.headers.emplace_back("Allow", allow);
    return reply;
  }
  request.params = std::move(match.params);
  if (auto parts = parse_multipart(request.header("content-type").value_or(""), request.body)) {
    if (!*parts) return problem_reply(parts->error());
    request.parts = std::make_shared<const Multipart>(**std::move(parts));
  }
  return pass_gate(request, *match.route);
}

// Why this caller may not use the route; nothing when it may.
std::optional<Reply> Front::stopped_at_gate(const Request& request, const Route& route) const {
  const bool changes = request.method != "GET" && request.method != "HEAD";
  if (request.caller.kind == Caller::Kind::nobody) {
    return route.gate == Gate::staff ? sign_in_first(request) : problem_reply(unauthorized());
  }
  if (route.gate == Gate::staff && request.caller.kind != Caller::Kind::user) {
    return problem_reply({ErrorKind::forbidden, "people_only", "This page is for signed-in people; API keys use /v1."});
  }
  if (!route.scope.empty() && !request.caller.may(route.scope)) {
    return problem_reply({ErrorKind::forbidden, "missing_scope", "This needs the scope '" + route.scope + "'; ask an admin to grant it."});
  }
  if (request.caller.kind == Caller::Kind::user && changes && cross_site(request)) {
    return problem_reply({ErrorKind::forbidden, "cross_site", "The form is out of date. Reload the page and send it again."});
  }
  return std::nullopt;
}

Reply Front::pass_gate(Request& request, const Route& route) {
  request.caller = authenticate_(request);
  if (route.gate == Gate::open) return route.handler(request);
  if (auto stopped = stopped_at_gate(request, route)) return *stopped;
  Headers told;
  auto refused = over_limit(request.caller, request.now, told);
  Reply reply = refused ? std::move(*refused) : act(request, route);
  if (request.caller.kind == Caller::Kind::api_key) reply.headers.insert(reply.headers.end(), told.begin(), told.end());
  return reply;
}

Reply Front::act(Request& request, const Route& route) {
  if (route.gate != Gate::api) return route.handler(request);
  const bool changes = request.method != "GET" && request.method != "HEAD";
  if (changes && route.takes_files && !carries_files(request)) {
    return problem_reply(
        {ErrorKind::unsupported_media, "no_picture_type",
         "Send pictures as multipart/form-data, or one picture as the body with its Content-Type: image/jpeg, image/png or "
         "image/webp."});
  }
  if (changes && !route.takes_files && !carries_json(request)) {
    return problem_reply({ErrorKind::unsupported_media, "not_json_type", "Send the body as Content-Type: application/json."});
  }
  if (request.method == "POST" && route.idempotent_post && request.header("idempotency-key")) {
    return answer_once(services_, request, route.handler);
  }
  return route.handler(request);
}

// One token bucket a key: a minute's worth at most. `told` gets what a client should know about it.
std::optional<Reply> Front::over_limit(const Caller& caller, Instant now, Headers& told) {
  const auto per_minute = static_cast<double>(services_.config.integer("http.rate_limit_per_minute"));
  const std::lock_guard lock(mutex_);
  if (buckets_.size() > 100'000) buckets_.clear();
  Bucket& bucket = buckets_[std::to_string(caller.merchant.value) + "/" + caller.name];
  if (bucket.at.us == 0) bucket.tokens = per_minute;
  bucket.tokens = std::min(per_minute, bucket.tokens + static_cast<double>(now - bucket.at) / kMinute * per_minute);
  bucket.at = now;
  const bool enough = bucket.tokens >= 1;
  if (enough) bucket.tokens -= 1;
  const auto next_s = static_cast<int>(std::ceil(std::max(0.0, 1 - bucket.tokens) * 60 / per_minute));
  told = {{"RateLimit-Policy", "\"default\";q=" + std::to_string(static_cast<long long>(per_minute)) + ";w=60"},
          {"RateLimit", "\"default\";r=" + std::to_string(static_cast<long long>(bucket.tokens)) + ";t=" + std::to_string(next_s)}};
  if (enough) return std::nullopt;
  Error error{ErrorKind::rate_limited, "rate_limited",
              "Too many requests with this key; wait " + std::to_string(next_s) + " s and go on more slowly."};
  error.retry_after_s = std::max(1, next_s);
  return problem_reply(error);
}

}  // namespace roundtrip::http
