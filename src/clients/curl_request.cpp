// Options of libcurl; addresses are judged when they are dialed.
#include "clients/curl_request.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>

namespace roundtrip::clients {
namespace {

constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

struct Network4 {
  std::uint32_t address;
  int bits;
};
// IANA's special-purpose registry: what is not a unicast address of the public internet.
constexpr Network4 kNotPublic4[] = {
    {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24}, {0xC0A80000, 16},
    {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4},
};

bool is_public_4(std::uint32_t address) {
  return std::none_of(std::begin(kNotPublic4), std::end(kNotPublic4), [&](const Network4& network) {
    return (address >> (32 - network.bits)) == (network.address >> (32 - network.bits));
  });
}

std::uint32_t four_bytes(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

bool is_public_6(const std::uint8_t* bytes) {
  static constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  static constexpr std::uint8_t kNat64[12] = {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0};
  if (std::memcmp(bytes, kMapped, 12) == 0 || std::memcmp(bytes, kNat64, 12) == 0) return is_public_4(four_bytes(bytes + 12));
  if ((bytes[0] & 0xE0) != 0x20) return false;                                          // outside 2000::/3
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_public_4(four_bytes(bytes + 2));  // 6to4
  if (bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] & 0xFE) == 0) return false;     // 2001::/23: Teredo and others
  return !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8);
}

bool is_public_socket_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) return is_public_4(ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr));
  if (address->sa_family == AF_INET6) return is_public_6(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr);
  return false;
}

curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (!transfer.allow_private && !is_public_socket_address(&address->addr)) {
    transfer.refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (transfer.response.body.size() + bytes > transfer.request.max_reply_bytes) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, bytes);
  return bytes;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // the last answer counts, after any 1xx
    transfer.response.headers.clear();
    return line.size();
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  std::string name(trimmed(line.substr(0, colon)));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  transfer.response.headers.emplace_back(std::move(name), std::string(trimmed(line.substr(colon + 1))));
  return line.size();
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool has_idempotency_key(const HttpRequest& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& field) {
    static constexpr std::string_view kName = "idempotency-key";
    return std::equal(field.first.begin(), field.first.end(), kName.begin(), kName.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
  });
}

bool may_be_repeated(const HttpRequest& request) {
  return request.repeatable || (request.method != "POST" && request.method != "PATCH") || has_idempotency_key(request);
}

std::unique_ptr<curl_slist, ListDeleter> header_list(const HttpRequest& request) {
  std::unique_ptr<curl_slist, ListDeleter> list(curl_slist_append(nullptr, "Expect:"));
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)list.release();
    list.reset(longer);
  };
  for (const auto& [name, value] : request.headers) add(value.empty() ? name + ";" : name + ": " + value);
  return list;
}

void set_request(CURL* handle, const HttpRequest& request, curl_slist* headers) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method == "HEAD")
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  else
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!may_be_repeated(request)) curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
}

void set_limits(CURL* handle, const CurlOptions& options, const HttpRequest& request, Transfer& transfer) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(1, request.timeout_ms)));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, options.proxy.c_str());
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, 30L);
  curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
}

TransportFailure::Kind kind_of(CURLcode code, const Transfer& transfer) {
  using Kind = TransportFailure::Kind;
  if (transfer.too_large) return Kind::too_large;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Kind::resolve;
    case CURLE_COULDNT_CONNECT:
      return transfer.refused ? Kind::refused_address : Kind::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return Kind::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return Kind::connect;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return Kind::reset;
    default:
      return Kind::other;
  }
}

HttpOutcome failed(TransportFailure::Kind kind, bool maybe_received, std::string detail) {
  return {std::nullopt, {kind, maybe_received, std::move(detail)}};
}

}  // namespace

void initialize_curl() {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)initialized;
}

bool prepare(CURL* handle, const CurlOptions& options, Transfer& transfer) {
  const HttpRequest& request = transfer.request;
  bool forged = has_control_characters(request.url) || has_control_characters(request.method);
  for (const auto& [name, value] : request.headers) forged = forged || has_control_characters(name) || has_control_characters(value);
  if (forged) return false;
  transfer.allow_private = options.allow_private_addresses;
  transfer.headers = header_list(request);
  set_limits(handle, options, request, transfer);
  set_request(handle, request, transfer.headers.get());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer.why.data());
  return true;
}

HttpOutcome forged_outcome() {
  return failed(TransportFailure::Kind::other, false, "the request has control characters in its URL or headers");
}

HttpOutcome outcome_of(CURL* handle, CURLcode code, Transfer& transfer) {
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    return {std::move(transfer.response), {}};
  }
  long sent_bytes = 0;
  curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &sent_bytes);
  return failed(kind_of(code, transfer), sent_bytes > 0, transfer.why[0] != '\0' ? transfer.why.data() : curl_easy_strerror(code));
}

bool is_public_address(std::string_view ip) {
  const std::string text(ip);
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return is_public_4(ntohl(four.s_addr));
  if (inet_pton(AF_INET6, text.c_str(), &six) == 1) return is_public_6(six.s6_addr);
  return false;
}

}  // namespace roundtrip::clients
