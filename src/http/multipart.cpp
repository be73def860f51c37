// Cuts a body at its boundary. Nothing is guessed: what is not framed exactly as RFC 2046 writes it is refused.
#include "http/multipart.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace roundtrip::http {
namespace {

constexpr std::size_t kMostHeadBytes = 4096, kLongestBoundary = 70, kLongestName = 200;

Error bad_framing(const std::string& what) { return {ErrorKind::malformed, "bad_multipart", "The form cannot be read: " + what + "."}; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_boundary(std::string_view text) {
  constexpr std::string_view kMarks = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= kLongestBoundary && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(),
                     [&](unsigned char c) { return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos; });
}

struct HeaderValue {
  std::string word;                               // lower case
  std::map<std::string, std::string> parameters;  // names in lower case
};

// `"` to its end, with \" and \\ as browsers of old wrote them, %22 as those of today do; nothing without an end.
std::optional<std::string> quoted(std::string_view& rest) {
  std::string out;
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() == '\\' && rest.size() > 1 && (rest[1] == '"' || rest[1] == '\\')) rest.remove_prefix(1);
    out.push_back(rest.front());
    rest.remove_prefix(1);
  }
  if (rest.empty()) return std::nullopt;
  rest.remove_prefix(1);
  return out;
}

// `form-data; name="a"; filename="b"`. Nothing when a parameter comes twice or the text is no such value.
std::optional<HeaderValue> parse_value(std::string_view text) {
  HeaderValue out;
  const auto semicolon = text.find(';');
  out.word = lower_case(trimmed(text.substr(0, semicolon)));
  std::string_view rest = semicolon == std::string_view::npos ? std::string_view() : text.substr(semicolon);
  while (!(rest = trimmed(rest)).empty()) {
    if (rest.front() != ';') return std::nullopt;
    rest = trimmed(rest.substr(1));
    if (rest.empty()) break;
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    const std::string name = lower_case(trimmed(rest.substr(0, equals)));
    rest = trimmed(rest.substr(equals + 1));
    std::optional<std::string> value;
    if (!rest.empty() && rest.front() == '"') {
      value = quoted(rest);
    } else {
      const auto end = std::min(rest.find(';'), rest.size());
      value = std::string(trimmed(rest.substr(0, end)));
      rest.remove_prefix(end);
    }
    if (!value || !out.parameters.emplace(name, *value).second) return std::nullopt;
  }
  return out;
}

struct PartHead {
  std::string field;
  std::optional<std::string> file_name;
  std::string content_type;
};

// Of "C:\fakepath\a.jpg" and "../a.jpg" only "a.jpg", without control characters.
std::string bare_file_name(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string out(name.substr(0, kLongestName));
  std::erase_if(out, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  return out;
}

Result<PartHead> parse_head(std::string_view head) {
  PartHead out;
  bool disposed = false;
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
      return bad_framing("a line in the head of a part is no header");
    }
    const std::string name = lower_case(line.substr(0, colon));
    if (name == "content-type") out.content_type = std::string(trimmed(line.substr(colon + 1)));
    if (name == "content-transfer-encoding") return bad_framing("parts are sent as they are, without a transfer encoding");
    if (name != "content-disposition") continue;
    const auto value = parse_value(line.substr(colon + 1));
    const bool named = value && value->word == "form-data" && value->parameters.contains("name");
    if (!named || disposed) return bad_framing("a part needs one Content-Disposition: form-data with a name");
    disposed = true;
    out.field = value->parameters.at("name").substr(0, kLongestName);
    if (const auto at = value->parameters.find("filename"); at != value->parameters.end()) out.file_name = bare_file_name(at->second);
  }
  if (!disposed) return bad_framing("a part has no Content-Disposition");
  return out;
}

std::optional<Error> take_part(Multipart& into, const PartHead& head, std::string_view body, std::size_t at, std::size_t size) {
  if (head.file_name) {
    if (size > 0 && into.files.size() >= kMostFiles) {
      return Error{ErrorKind::too_large, "too_many_files", "A form takes at most " + std::to_string(kMostFiles) + " files."};
    }
    if (size > 0) into.files.push_back({head.field, *head.file_name, head.content_type, at, size});
    return std::nullopt;
  }
  if (size > kMostFieldBytes) return Error{ErrorKind::too_large, "field_too_large", "The field " + head.field + " is too long."};
  into.fields.emplace_back(head.field, std::string(body.substr(at, size)));
  return std::nullopt;
}

Result<Multipart> parts_of(std::string_view body, const std::string& boundary) {
  const std::string open = "--" + boundary, next = "\r\n--" + boundary;
  Multipart out;
  if (!body.starts_with(open)) return bad_framing("it does not begin with its boundary");
  std::size_t at = open.size();
  for (std::size_t count = 0;; ++count) {
    const std::string_view after = body.substr(at, 2);
    if (after == "--") {
      const std::string_view rest = body.substr(at + 2);
      if (!rest.empty() && rest != "\r\n") return bad_framing("something follows its end");
      return out;
    }
    if (after != "\r\n") return bad_framing("a boundary is followed by something else");
    if (count >= kMostParts) return Error{ErrorKind::too_large, "too_many_parts", "The form has more than 200 parts."};
    const auto head_end = body.substr(at, kMostHeadBytes).find("\r\n\r\n");
    if (head_end == std::string_view::npos) return bad_framing("the head of a part does not end");
    const std::size_t begin = at + head_end + 4;
    const auto end = body.find(next, begin);
    if (end == std::string_view::npos) return bad_framing("a part does not end with the boundary");
    const auto head = parse_head(head_end < 2 ? std::string_view() : body.substr(at + 2, head_end - 2));
    if (!head) return head.error();
    if (auto refused = take_part(out, *head, body, begin, end - begin)) return *refused;
    at = end + next.size();
  }
}

}  // namespace

std::optional<Result<Multipart>> parse_multipart(std::string_view content_type, std::string_view body) {
  if (!lower_case(content_type.substr(0, 10)).starts_with("multipart/")) return std::nullopt;
  const auto value = parse_value(content_type);
  if (!value || value->word != "multipart/form-data") return Result<Multipart>(bad_framing("send it as multipart/form-data"));
  const auto boundary = value->parameters.find("boundary");
  if (boundary == value->parameters.end() || !is_boundary(boundary->second)) {
    return Result<Multipart>(bad_framing("its Content-Type names no boundary"));
  }
  return parts_of(body, boundary->second);
}

}  // namespace roundtrip::http
