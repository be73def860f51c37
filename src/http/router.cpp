// Finding the route of a path by its segments; no regular expressions.
#include "http/router.hpp"

#include <stdexcept>

namespace roundtrip::http {
namespace {
std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> segments;
  std::size_t at = 1;
  while (at <= path.size()) {
    const auto end = std::min(path.find('/', at), path.size());
    segments.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

// A pattern segment is text, "{name}", or "{name}.ext" / "name{x}"-free suffix forms like "{id}.pdf".
bool segment_fits(const std::string& pattern, const std::string& segment, std::map<std::string, std::string>& params) {
  if (pattern.empty() || pattern.front() != '{') return pattern == segment;
  const auto close = pattern.find('}');
  const std::string_view suffix = std::string_view(pattern).substr(close + 1);
  if (segment.size() <= suffix.size() || !segment.ends_with(suffix)) return false;
  params[pattern.substr(1, close - 1)] = percent_decode(segment.substr(0, segment.size() - suffix.size()), false);
  return true;
}
}  // namespace

void Router::add(Route route) {
  if (route.pattern.empty() || route.pattern.front() != '/') throw std::logic_error("a route begins with '/': " + route.pattern);
  segments_.push_back(split_path(route.pattern));
  routes_.push_back(std::move(route));
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  Match match;
  if (path.empty() || path.front() != '/') return match;
  const auto wanted = split_path(path);
  // Literal segments win over parameters: /v1/products/batch before /v1/products/{sku}.
  int best = -1;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (segments_[i].size() != wanted.size()) continue;
    std::map<std::string, std::string> params;
    int literal = 0;
    bool fits = true;
    for (std::size_t s = 0; fits && s < wanted.size(); ++s) {
      fits = segment_fits(segments_[i][s], wanted[s], params);
      literal += segments_[i][s].empty() || segments_[i][s].front() != '{' ? 1 : 0;
    }
    if (!fits) continue;
    if (routes_[i].method != method) {
      match.allowed.push_back(routes_[i].method);
    } else if (literal > best) {
      best = literal;
      match.route = &routes_[i];
      match.params = std::move(params);
    }
  }
  return match;
}

}  // namespace roundtrip::http
