// Reads every #include and judges it.
#include "architecture/rules.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <set>

namespace roundtrip::architecture {
namespace {
namespace fs = std::filesystem;
using Json = Room::Json;

bool holds(const std::vector<std::string_view>& all, std::string_view one) { return std::find(all.begin(), all.end(), one) != all.end(); }

// Headers of the system that are neither C++'s nor a library's; not for domain.
bool is_system(std::string_view header) {
  static const std::set<std::string_view> kKnown = {"unistd.h",  "poll.h",  "fcntl.h",  "signal.h", "netdb.h", "termios.h",
                                                    "pthread.h", "spawn.h", "dirent.h", "time.h",   "errno.h"};
  return kKnown.contains(header) || header.starts_with("sys/") || header.starts_with("netinet/") || header.starts_with("arpa/");
}

// The domain knows no file, thread, stream to a terminal, or clock.
bool is_pure_standard(std::string_view header) {
  static constexpr std::array<std::string_view, 16> kImpure = {
      "iostream", "fstream", "filesystem", "thread",     "mutex",  "condition_variable", "chrono",     "ctime",
      "future",   "atomic",  "cstdio",     "syncstream", "random", "semaphore",          "stop_token", "shared_mutex"};
  return std::find(kImpure.begin(), kImpure.end(), header) == kImpure.end();
}

const Room* room_named(std::string_view name) {
  for (const Room& room : rooms()) {
    if (room.name == name) return &room;
  }
  return nullptr;
}

// Room of a file, by its path from the root: "src/store/x.cpp" -> store, "carriers/demo/x.cpp" -> carriers; "" for main's.
std::string room_of(const fs::path& relative) {
  auto part = relative.begin();
  if (*part != "src") return part->string();
  ++part;
  return std::next(part) == relative.end() ? "" : part->string();
}

std::string judge_ours(const Room* room, const std::string& room_name, const std::string& header) {
  const auto slash = header.find('/');
  if (slash == std::string::npos) return room == nullptr ? "" : "includes \"" + header + "\" without its room's folder";
  const std::string target = header.substr(0, slash);
  if (target != room_name && header.find('/', slash + 1) != std::string::npos) {
    return "includes \"" + header + "\", which is private to " + target + "/ (a path with two slashes)";
  }
  if (room == nullptr || target == room_name) return "";
  if (room_named(target) == nullptr) return "includes \"" + header + "\", whose folder has no rule";
  if (holds(room->may_include, target) || holds(room->may_see, header)) return "";
  return room_name + " may not include \"" + header + "\"";
}

std::string judge_library(const Room* room, const std::string& room_name, const std::string& header, bool is_header_file) {
  if (header.find('.') == std::string::npos && header.find('/') == std::string::npos) {
    return room_name != "domain" || is_pure_standard(header) ? "" : "domain is pure: no <" + header + ">";
  }
  if (is_system(header)) return room_name != "domain" ? "" : "domain is pure: no <" + header + ">";
  if (room == nullptr) return "";
  if (header.starts_with("nlohmann/")) {
    if (header == "nlohmann/json_fwd.hpp" && room->json != Json::never)
      return room->json == Json::sources && is_header_file ? "no JSON in headers of " + room_name : "";
    const bool fine = room->json == Json::anywhere || (room->json == Json::sources && !is_header_file);
    return fine ? "" : "no JSON here (" + room_name + (is_header_file ? ", a header)" : ")");
  }
  for (const Library& library : libraries()) {
    if (!header.starts_with(library.begins)) continue;
    return holds(library.homes, room_name) ? "" : "<" + header + "> is not for " + room_name;
  }
  return "<" + header + "> belongs to a library without a home; add it to tests/architecture/rules.cpp";
}

void judge_file(const fs::path& root, const fs::path& file, std::vector<std::string>& out) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  const fs::path relative = fs::relative(file, root);
  const std::string name = room_of(relative);
  const Room* room = room_named(name);
  if (room == nullptr && !name.empty()) {
    out.push_back(relative.string() + ": folder " + name + " has no rule; give it one in tests/architecture/rules.cpp and src/README.md");
    return;
  }
  if (room == nullptr && !relative.filename().string().starts_with("main")) {
    out.push_back(relative.string() + ": a file outside a room; only main*.cpp may be here");
    return;
  }
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, kInclude)) continue;
    const bool is_header_file = file.extension() == ".hpp" || file.extension() == ".h";
    const std::string why = match[1] == "\"" ? judge_ours(room, name, match[2]) : judge_library(room, name, match[2], is_header_file);
    if (!why.empty()) out.push_back(relative.string() + ": " + why);
  }
}
}  // namespace

const std::vector<Room>& rooms() {
  static const std::vector<Room> all = {
      {"base", "-", {}, {}, Json::sources},
      {"domain", "base", {"base"}, {}, Json::never},
      {"store", "domain, base", {"domain", "base"}, {}, Json::sources},
      {"carriers", "domain, base", {"domain", "base"}, {}, Json::anywhere},
      {"labels", "domain, base", {"domain", "base"}, {}, Json::never},
      {"clients", "domain, base", {"domain", "base"}, {}, Json::anywhere},
      {"connectors", "domain, base", {"domain", "base"}, {}, Json::anywhere},
      {"messages", "domain, base", {"domain", "base"}, {}, Json::sources},
      {"usecases",
       "all of the above",
       {"store", "carriers", "labels", "clients", "connectors", "messages", "domain", "base"},
       {},
       Json::sources},
      {"http", "usecases, domain, base", {"usecases", "domain", "base"}, {}, Json::anywhere},
      {"web",
       "usecases, domain, base, messages, http/{request,reply,router,routes,auth}.hpp",
       {"usecases", "domain", "base", "messages"},
       {"http/request.hpp", "http/reply.hpp", "http/router.hpp", "http/routes.hpp", "http/auth.hpp"},
       Json::anywhere},
      {"workers", "usecases, domain, base", {"usecases", "domain", "base"}, {}, Json::never},
      {"demo", "usecases, labels, domain, base, http", {"usecases", "labels", "domain", "base", "http"}, {}, Json::anywhere},
  };
  return all;
}

const std::vector<Library>& libraries() {
  static const std::vector<Library> all = {
      {"soci/", {"store"}},
      {"libpq-fe.h", {"store"}},
      {"libpq/", {"store"}},
      {"httplib.h", {"http", "demo"}},
      {"prometheus/", {"http"}},
      {"curl/", {"clients"}},
      {"hpdf", {"labels"}},
      {"qpdf/", {"labels"}},
      {"ZXing/", {"labels"}},
      {"png.h", {"labels"}},
      {"jpeglib.h", {"labels"}},
      {"jerror.h", {"labels"}},
      {"webp/", {"labels"}},
      {"zint", {"labels"}},
      {"hb.h", {"labels"}},
      {"unicode/", {"messages", "labels"}},
      {"gmime/", {"messages"}},
      {"kainjow/", {"messages", "web"}},
      {"gmime/", {"messages"}},
      {"date/", {"messages", "connectors", "carriers"}},
      {"toml++/", {"base", "connectors", "messages", "carriers"}},
      {"zlib.h", {"connectors"}},
      {"sodium", {"base"}},
      {"openssl/", {"base"}},
      {"spdlog/", {"base"}},
      {"pugixml", {"carriers"}},
      {"fmt/", {"base", "store", "carriers", "labels", "clients", "connectors", "messages", "usecases", "http", "web", "workers", "demo"}},
  };
  return all;
}

std::vector<std::string> violations(const fs::path& root) {
  std::vector<std::string> out;
  for (const std::string top : {"src", "carriers", "labels"}) {
    if (!fs::is_directory(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp" || extension == ".h" || extension == ".cc")) {
        judge_file(root, entry.path(), out);
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace roundtrip::architecture
