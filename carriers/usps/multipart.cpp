// Reading multipart answers (RFC 7578, RFC 2046).
#include "carriers/usps/multipart.hpp"

namespace roundtrip::carriers::usps {
namespace {
constexpr std::size_t kMostParts = 8, kLongestBoundary = 70;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// The value of a parameter: boundary="x" or boundary=x.
std::string parameter(std::string_view header, std::string_view name) {
  const std::string low = lower(header);
  for (std::size_t from = 0; (from = low.find(std::string(name) + "=", from)) != std::string::npos; from += name.size()) {
    if (from > 0 && low[from - 1] != ' ' && low[from - 1] != ';') continue;  // "filename=" is no "name="
    auto value = header.substr(from + name.size() + 1);
    if (value.starts_with('"')) return std::string(value.substr(1, value.substr(1).find('"')));
    return std::string(value.substr(0, value.find_first_of("; \r\n")));
  }
  return "";
}

struct Part {
  std::string type, name, file;
  std::string_view content;
};

std::string_view without_breaks(std::string_view text) {
  const auto first = text.find_first_not_of("\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of("\r\n") - first + 1);
}

Part part_of(std::string_view raw) {
  Part part;
  raw = raw.substr(std::min(raw.find_first_not_of("\r\n"), raw.size()));
  while (!raw.empty()) {
    const auto end = raw.find('\n');
    auto line = raw.substr(0, end);
    raw = end == std::string_view::npos ? std::string_view() : raw.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    const std::string low = lower(line);
    if (low.starts_with("content-type:")) part.type = low;
    if (low.starts_with("content-disposition:")) {
      part.name = parameter(line, "name");
      part.file = parameter(line, "filename");
    }
  }
  part.content = without_breaks(raw);
  return part;
}

// What the image is called in the whole-JSON answer.
std::string member_of(const Part& part) {
  for (const auto* known : {"labelImage", "receiptImage", "returnLabelImage", "returnReceiptImage", "labelBrokerQR", "SCANFormImage"}) {
    if (part.name == known) return known;
  }
  return lower(part.name + part.file).find("receipt") != std::string::npos ? "receiptImage" : "labelImage";
}

// The body's own first line names the boundary as well as the header does.
std::string boundary_of(const HttpResponse& response) {
  const auto type = header(response.headers, "content-type");
  std::string boundary = type ? parameter(*type, "boundary") : "";
  if (boundary.empty() && response.body.starts_with("--")) boundary = response.body.substr(2, response.body.find_first_of("\r\n") - 2);
  return boundary.size() <= kLongestBoundary ? boundary : "";
}
}  // namespace

bool is_multipart(const HttpResponse& response) {
  const auto type = header(response.headers, "content-type");
  return (type && lower(*type).starts_with("multipart/")) || response.body.starts_with("--");
}

std::optional<Json> json_of_multipart(const HttpResponse& response) {
  const std::string boundary = boundary_of(response);
  if (boundary.empty() || response.body.size() > kMostReplyBytes) return std::nullopt;
  const std::string mark = "--" + boundary;
  const std::string_view body = response.body;
  std::vector<Part> parts;
  auto from = body.find(mark);
  bool closed = false;
  while (from != std::string_view::npos && parts.size() < kMostParts) {
    from += mark.size();
    closed = body.substr(from).starts_with("--");
    const auto next = closed ? std::string_view::npos : body.find("\n" + mark, from);
    if (next == std::string_view::npos) break;
    parts.push_back(part_of(body.substr(from, next - from)));
    from = next + 1;
  }
  // A body cut off in the middle lacks its end.
  if (!closed || parts.empty()) return std::nullopt;
  std::optional<Json> whole;
  for (const Part& part : parts) {
    if (whole || part.content.empty() || part.content.front() != '{') continue;
    const Document document = Document::of(part.content);
    if (document.json && document.json->is_object()) whole = *document.json;
  }
  if (!whole) return std::nullopt;
  for (const Part& part : parts) {
    if (part.content.empty() || part.content.front() == '{') continue;
    (*whole)[member_of(part)] = std::string(part.content);
  }
  return whole;
}

}  // namespace roundtrip::carriers::usps
