// SMTP through libcurl's easy interface; one handle per mail under way, kept with its connection.
#include "clients/smtp.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace roundtrip::clients {
namespace {

constexpr std::size_t kReplyLimit = 500;  // characters of a server's reply that are kept

// libcurl says QUIT when a handle ends and waits up to two minutes for the answer; a shut socket answers at once.
struct EndHandle {
  void operator()(CURL* curl) const {
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket != CURL_SOCKET_BAD) ::shutdown(socket, SHUT_RDWR);
    curl_easy_cleanup(curl);
  }
};
using Handle = std::unique_ptr<CURL, EndHandle>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Upload {
  const std::string* bytes;
  std::size_t at = 0;
};

std::size_t read_upload(char* into, std::size_t size, std::size_t count, void* state) {
  auto& upload = *static_cast<Upload*>(state);
  const std::size_t part = std::min(size * count, upload.bytes->size() - upload.at);
  std::memcpy(into, upload.bytes->data() + upload.at, part);
  upload.at += part;
  return part;
}

// What the server said: the last line, or the refusal that QUIT and its farewell came after.
struct Replies {
  std::string last;
  int refusal = 0;  // 4xx or 5xx
};

std::size_t keep_reply(char* line, std::size_t size, std::size_t count, void* state) {
  auto& replies = *static_cast<Replies*>(state);
  if (replies.refusal != 0) return size * count;
  replies.last.assign(line, std::min(size * count, kReplyLimit));
  while (!replies.last.empty() && (replies.last.back() == '\r' || replies.last.back() == '\n')) replies.last.pop_back();
  const int status = std::atoi(replies.last.c_str());
  if (status >= 400 && status <= 599) replies.refusal = status;
  return size * count;
}

std::size_t drop_body(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// Refusals of this mail are 5xx to RCPT, to DATA or after the data. A 5xx before that (greeting, login, MAIL) is
// about our own set-up: mails wait until it is right.
bool refused_for_good(int refusal, bool all_sent, std::string_view detail) {
  if (refusal < 500) return false;
  return all_sent || detail.starts_with("RCPT failed") || detail.starts_with("DATA failed");
}

std::string one_line(std::string words) {
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return words;
}

bool is_loopback(std::string_view url) {
  const auto begin = url.find("://");
  const std::string_view host = begin == std::string_view::npos ? url : url.substr(begin + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

void require_plain(const std::string& address) {
  if (address.empty() || address.find_first_of("\r\n<> ") != std::string::npos) throw std::logic_error("an envelope address is not plain");
}

}  // namespace

// Idle handles, each with its open connection. As many as mails were ever under way at once.
struct SmtpSender::Connections {
  std::mutex mutex;
  std::vector<Handle> idle;

  Handle take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        Handle handle = std::move(idle.back());
        idle.pop_back();
        curl_easy_reset(handle.get());
        return handle;
      }
    }
    Handle fresh(curl_easy_init());
    if (!fresh) throw std::runtime_error("libcurl gave no handle");
    return fresh;
  }
  void give_back(Handle handle) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(handle));
  }
};

SmtpSender::SmtpSender(SmtpOptions options) : options_(std::move(options)), connections_(std::make_unique<Connections>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}
SmtpSender::~SmtpSender() = default;

MailOutcome SmtpSender::send(const OutgoingMail& mail) {
  require_plain(mail.from);
  require_plain(mail.to);
  Handle handle = connections_->take();
  CURL* curl = handle.get();
  Upload upload{&mail.bytes};
  Replies replies;
  std::array<char, CURL_ERROR_SIZE> detail{};
  const List recipients(curl_slist_append(nullptr, ("<" + mail.to + ">").c_str()), curl_slist_free_all);
  curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_reply);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &replies);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  const bool login = !options_.user.empty();
  curl_easy_setopt(curl, CURLOPT_USE_SSL, login && !is_loopback(options_.url) ? CURLUSESSL_ALL : CURLUSESSL_TRY);
  if (login) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) {
    connections_->give_back(std::move(handle));
    return {MailOutcome::Kind::sent, one_line(replies.last)};
  }
  // The handle goes with its connection: what state the server is in is not known.
  const std::string said(detail.data());
  const auto kind =
      refused_for_good(replies.refusal, upload.at == mail.bytes.size(), said) ? MailOutcome::Kind::refused : MailOutcome::Kind::temporary;
  return {kind, one_line(replies.refusal != 0 ? replies.last : said.empty() ? curl_easy_strerror(code) : said)};
}

}  // namespace roundtrip::clients
