// roundtrip import orders: files in, a summary out, faulty rows to a file of their own.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "main_commands.hpp"
#include "store/merchants.hpp"
#include "usecases/cancellations.hpp"
#include "usecases/imports.hpp"

namespace roundtrip {
namespace {
using connectors::ByteSource;
using nlohmann::ordered_json;
using usecases::ImportCounts;

struct ImportCommand {
  std::string mapping, merchant = "demo", warehouse, errors;
  std::vector<std::string> files;
  bool dry_run = false, json = false, stock_for_orders = false, notify = false, quiet = false;
};

// A bar that redraws itself on a terminal; elsewhere a line every few seconds.
class Progress {
 public:
  Progress(std::string name, bool quiet)
      : name_(std::move(name)), quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1), began_(steady_us()) {}
  void show(const ImportCounts& counts, const ByteSource& source) {
    const std::int64_t at = steady_us();
    const bool soon = at - shown_ < (terminal_ ? kSecond / 5 : 5 * kSecond) || at - began_ < kSecond / 2;
    if (quiet_ || soon || source.position() >= source.size()) return;
    shown_ = at;
    print(counts, source.size() > 0 ? static_cast<int>(source.position() * 1000 / source.size()) : -1, at);
  }
  void finish(const ImportCounts& counts) {
    if (quiet_) return;
    print(counts, 1000, steady_us());
    if (terminal_) std::fputc('\n', stderr);
  }

 private:
  void print(const ImportCounts& counts, int permille, std::int64_t at) {
    const double seconds = static_cast<double>(std::max<std::int64_t>(at - began_, 1)) / 1e6;
    std::string line = name_ + "  ";
    if (permille >= 0) {
      if (terminal_) {
        const auto filled = static_cast<std::size_t>(permille) * 30 / 1000;
        line += "[" + std::string(filled, '#') + std::string(30 - filled, '.') + "] ";
      }
      line += std::to_string(permille / 10) + "%  ";
    }
    char rest[160];
    std::snprintf(rest, sizeof rest, "%lld rows  %.0f rows/s  %lld errors", static_cast<long long>(counts.rows),
                  static_cast<double>(counts.rows) / seconds, static_cast<long long>(counts.errors));
    line += rest;
    const bool under_way = permille > 0 && permille < 1000;
    std::snprintf(rest, sizeof rest, under_way ? "  %.0f s left" : "  %.1f s",
                  under_way ? seconds * (1000 - permille) / permille : seconds);
    line += rest;
    std::fprintf(stderr, terminal_ ? "\r%s\x1b[K" : "%s\n", line.c_str());
  }
  std::string name_;
  bool quiet_, terminal_;
  std::int64_t began_, shown_ = 0;
};

// Where faulty rows go; the file is made with the first of them.
class ErrorFile {
 public:
  explicit ErrorFile(std::string path) : path_(std::move(path)) {}
  void add(const std::string& file, const connectors::RowFault& fault) {
    if (!out_.is_open()) {
      out_.open(path_, std::ios::trunc);
      out_ << "file,line,code,reason,row\n";
    }
    out_ << connectors::csv_field(file) << ',' << fault.line << ',' << fault.code << ',' << cell(fault.message) << ',' << cell(fault.text)
         << '\n';
    if (!out_) throw Refused("the error file " + path_ + " cannot be written; name another with --errors");
  }
  // Empty when there was nothing to write.
  std::string written() {
    if (!out_.is_open()) return "";
    out_.flush();
    return path_;
  }

 private:
  // A spreadsheet takes a cell that begins so for a formula.
  static std::string cell(const std::string& text) {
    const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    return connectors::csv_field(connectors::to_valid_utf8(formula ? "'" + text : text));
  }
  std::string path_;
  std::ofstream out_;
};

ordered_json by_kind(const std::array<std::int64_t, connectors::kDocumentKinds>& counts) {
  ordered_json out;
  for (int i = 0; i < connectors::kDocumentKinds; ++i) {
    out[std::string(connectors::to_text(static_cast<connectors::DocumentKind>(i)))] = counts[static_cast<std::size_t>(i)];
  }
  return out;
}

ordered_json summary(const ImportCounts& counts, int decimals) {
  return {{"rows", counts.rows},
          {"rows_by_kind", by_kind(counts.rows_by_kind)},
          {"documents_by_kind", by_kind(counts.documents_by_kind)},
          {"quantity", counts.quantity},
          {"value", connectors::to_text(counts.value, decimals)},
          {"errors", counts.errors},
          {"imported", counts.imported},
          {"already_imported", counts.already_imported}};
}

void print_text(const std::string& name, const ImportCounts& counts, const connectors::Mapping& mapping) {
  std::cout << name << ": " << counts.rows << " rows, " << counts.imported << " documents imported, " << counts.already_imported
            << " were here already, " << counts.errors << " faulty rows; quantity " << counts.quantity << ", value "
            << connectors::to_text(counts.value, mapping.decimals) << " " << mapping.currency << "\n";
  for (int i = 0; i < connectors::kDocumentKinds; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (counts.documents_by_kind[at] == 0) continue;
    std::cout << "  " << connectors::to_text(static_cast<connectors::DocumentKind>(i)) << ": " << counts.documents_by_kind[at]
              << " documents, " << counts.rows_by_kind[at] << " rows\n";
  }
}

[[noreturn]] void refuse(const Error& error) {
  std::string text = error.message;
  for (const Fault& fault : error.faults) text += "\n  " + fault.pointer + ": " + fault.detail;
  throw Refused(text);
}

std::string errors_path(const ImportCommand& command) {
  return command.errors.empty() ? command.files.front() + ".errors.csv" : command.errors;
}

ordered_json import_files(const usecases::Context* context, const connectors::Mapping& mapping, const ImportCommand& command,
                          const usecases::ImportOptions& options, ImportCounts& total, std::string& broken) {
  ErrorFile errors(errors_path(command));
  ordered_json files = ordered_json::array();
  for (const std::string& path : command.files) {
    auto source = connectors::open_file(path);
    if (!source) refuse(source.error());
    Progress progress(std::filesystem::path(path).filename().string(), command.quiet);
    ImportCounts seen;
    usecases::ImportHooks hooks;
    hooks.fault = [&](const connectors::RowFault& fault) { errors.add(path, fault); };
    hooks.progress = [&](const ImportCounts& counts, const ByteSource& bytes) {
      seen = counts;
      progress.show(counts, bytes);
    };
    const auto counts = usecases::import_file(context, mapping, **source, options, hooks);
    if (counts) seen = *counts;
    progress.finish(seen);
    total += seen;
    if (!command.json) print_text(path, seen, mapping);
    ordered_json item = {{"file", path}};
    item.update(summary(seen, mapping.decimals));
    if (!counts) {
      broken = path + ": " + counts.error().message;
      for (const Fault& fault : counts.error().faults) broken += "\n  " + fault.pointer + ": " + fault.detail;
      item["broken"] = counts.error().message;
    }
    files.push_back(item);
    if (!counts) break;
  }
  ordered_json out = summary(total, mapping.decimals);
  const std::string written = errors.written();
  out["error_file"] = written.empty() ? ordered_json() : ordered_json(written);
  out["files"] = files;
  out["total"] = summary(total, mapping.decimals);
  return out;
}

// Looks for what the cancellations take back; what is found nowhere waits at the desk.
ordered_json match(const usecases::Context& context, const connectors::Mapping& mapping, const ImportCommand& command) {
  ordered_json out = ordered_json::object();
  for (const auto& [result, lines] : usecases::match_cancellations(context, mapping.name)) {
    const std::string word(domain::to_text(result));
    out[word] = lines;
    if (!command.json) std::cout << "  lines of cancellations, " << word << ": " << lines << "\n";
  }
  if (!command.json && !out.empty()) std::cout << "  what was not found waits at /desk/cancellations\n";
  return out;
}

void import_orders(Program& program, const ImportCommand& command) {
  const Config config = program.load_config();
  auto mapping = connectors::load_mapping(command.mapping);
  if (!mapping) refuse(mapping.error());
  usecases::ImportOptions options;
  options.dry_run = command.dry_run;
  options.stock_for_orders = command.stock_for_orders;
  options.notify = command.notify;
  options.warehouse = command.warehouse;
  options.batch = static_cast<int>(config.integer("imports.batch"));
  std::unique_ptr<store::Database> database;
  std::optional<usecases::Context> context;
  if (!command.dry_run) {
    database = open_migrated_database(config);
    store::Session session(*database);
    const auto merchant = store::merchant_by_slug(session, command.merchant);
    if (!merchant) throw Refused("there is no merchant '" + command.merchant + "'; name one with --merchant");
    context.emplace(usecases::Context{*database, merchant->id, {"import", "import " + mapping->name}, now()});
  }
  ImportCounts total;
  std::string broken;
  ordered_json out = import_files(context ? &*context : nullptr, *mapping, command, options, total, broken);
  if (context) out["cancellations"] = match(*context, *mapping, command);
  if (command.json) {
    std::cout << out.dump(2, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  } else if (command.files.size() > 1) {
    print_text("total", total, *mapping);
  }
  if (!out["error_file"].is_null()) {
    std::cerr << total.errors << " rows were not imported; " << out["error_file"].get<std::string>()
              << " says why. Correct the file and run the same command again.\n";
    program.exit_code = kExitRefused;
  }
  if (!broken.empty()) throw Refused(broken);
}

}  // namespace

void add_import_command(CLI::App& app, Program& program) {
  auto command = std::make_shared<ImportCommand>();
  auto* import = app.add_subcommand("import", "take in data from files")->require_subcommand(1);
  auto* orders =
      import->add_subcommand("orders", "orders, cancellations and stock notes from CSV files, plain or gzip; run again to complete");
  orders->add_option("--mapping", command->mapping, "how the columns are to be read (config/import/*.toml)")
      ->required()
      ->check(CLI::ExistingFile);
  orders->add_option("files", command->files, "CSV files (.csv, .csv.gz), in order")->required()->check(CLI::ExistingFile);
  orders->add_option("--merchant", command->merchant, "the merchant's slug")->capture_default_str();
  orders->add_option("--warehouse", command->warehouse, "which warehouse ships them (default: the merchant's first)");
  orders->add_option("--errors", command->errors, "where faulty rows go (default: FILE.errors.csv beside the first file)");
  orders->add_flag("--dry-run", command->dry_run, "read and check only; the database is not touched");
  orders->add_flag("--stock-for-orders", command->stock_for_orders, "make the products and the stock that the orders need");
  orders->add_flag("--notify", command->notify, "tell the customers of their orders; history is imported silently without it");
  orders->add_flag("--json", command->json, "print the summary as JSON");
  orders->add_flag("--quiet", command->quiet, "no progress on standard error");
  orders->footer("Exit codes: 0 everything was taken, 1 some rows were not (the error file says which and why), 2 wrong usage.");
  orders->callback([&program, command] { import_orders(program, *command); });
}

}  // namespace roundtrip
