// Reading files, their documents in batches.
#include "usecases/imports.hpp"

#include "store/database.hpp"
#include "store/imports.hpp"
#include "usecases/import_batch.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {
using connectors::Document;
using connectors::Mapping;
using connectors::Row;
using connectors::RowFault;

constexpr std::int64_t kRowsPerBatch = 8'000;  // a batch ends with the document that reaches it
constexpr std::int64_t kRowsPerProgress = 2'000;

// One file on its way through reader, grouper and batches.
class FileImport {
 public:
  FileImport(const Context* context, const Mapping& mapping, connectors::ByteSource& source, const ImportOptions& options,
             const ImportHooks& hooks)
      : context_(context), mapping_(mapping), source_(source), options_(options), hooks_(hooks), csv_(source, mapping.delimiter) {}

  Result<ImportCounts> run() {
    if (csv_.next() != connectors::CsvStep::record) {
      return Error{ErrorKind::invalid, "no_header", source_.broken().empty() ? "the file has no header line" : source_.broken()};
    }
    auto reader = connectors::RowReader::make(mapping_, csv_.fields());
    if (!reader) return reader.error();
    for (auto step = csv_.next(); step != connectors::CsvStep::end; step = csv_.next()) {
      take_record(*reader, step);
      if (const auto gone_on = gather(false); !gone_on) return gone_on.error();
    }
    if (!source_.broken().empty()) return broken_off();
    if (const auto gone_on = gather(true); !gone_on) return gone_on.error();
    if (const auto flushed = flush(); !flushed) return flushed.error();
    return counts_;
  }

 private:
  void report(RowFault fault) {
    ++counts_.errors;
    if (hooks_.fault) hooks_.fault(fault);
  }

  void take_record(connectors::RowReader& reader, connectors::CsvStep step) {
    ++counts_.rows;
    if (hooks_.progress && counts_.rows % kRowsPerProgress == 0) hooks_.progress(counts_, source_);
    if (step == connectors::CsvStep::fault) {
      report({csv_.line(), csv_.fault().code, csv_.fault().message, csv_.text()});
      mark_broken(reader);
      return;
    }
    auto row = reader.read(csv_.line(), csv_.fields(), csv_.text());
    if (!row) {
      report({csv_.line(), row.error().code, row.error().message, csv_.text()});
      mark_broken(reader);
    } else if (auto too_long = grouper_.add(std::move(*row))) {
      report(std::move(*too_long));
    }
  }

  void mark_broken(const connectors::RowReader& reader) {
    if (const std::string number = reader.document_of(csv_.fields()); !number.empty()) grouper_.add_broken(number, csv_.line());
  }

  // Moves finished documents into the batch and writes it when it is full.
  Done gather(bool ended) {
    while (auto group = grouper_.take(ended)) {
      auto document = connectors::to_document(mapping_, *group);
      if (!document) {
        for (Row& row : group->rows) report({row.line, document.error().code, document.error().message, std::move(row.text)});
        continue;
      }
      batch_rows_ += static_cast<std::int64_t>(document->rows.size());
      batch_.push_back(std::move(*document));
      if (static_cast<int>(batch_.size()) < options_.batch && batch_rows_ < kRowsPerBatch) continue;
      if (const auto flushed = flush(); !flushed) return flushed;
    }
    return done();
  }

  Done flush() {
    std::vector<DocumentOutcome> outcomes(batch_.size());
    if (!options_.dry_run && !batch_.empty()) {
      auto written = write_batch(*context_, mapping_, options_, batch_);
      if (!written) return written.error();
      outcomes = std::move(written->outcomes);
      if (!written->landed.empty()) fill_backorders(*context_, written->landed);
    }
    for (std::size_t i = 0; i < batch_.size(); ++i) count(batch_[i], outcomes[i]);
    if (counts_.imported >= next_look_) {
      store::Session session(context_->db);
      store::refresh_statistics(session, counts_.imported);
      next_look_ = counts_.imported * 10;
    }
    batch_.clear();
    batch_rows_ = 0;
    if (hooks_.progress) hooks_.progress(counts_, source_);
    return done();
  }

  void count(Document& document, const DocumentOutcome& outcome) {
    if (outcome.what == DocumentOutcome::What::refused) {
      for (Row& row : document.rows) report({row.line, outcome.code, outcome.message, std::move(row.text)});
      return;
    }
    const auto kind = static_cast<std::size_t>(document.kind);
    counts_.rows_by_kind[kind] += static_cast<std::int64_t>(document.rows.size());
    counts_.documents_by_kind[kind] += 1;
    counts_.quantity += document.quantity;
    counts_.value += document.value;
    if (outcome.what == DocumentOutcome::What::already) {
      ++counts_.already_imported;
    } else if (!options_.dry_run) {
      ++counts_.imported;
    }
  }

  // The bytes ended too early: documents that may have lost rows are left for the next run.
  Error broken_off() {
    if (const auto flushed = flush(); !flushed) return flushed.error();
    return Error{ErrorKind::invalid, "broken_file",
                 source_.broken() + " (line " + std::to_string(csv_.line()) + "); run again with a whole file"};
  }

  const Context* context_;
  const Mapping& mapping_;
  connectors::ByteSource& source_;
  const ImportOptions& options_;
  const ImportHooks& hooks_;
  connectors::CsvReader csv_;
  connectors::Grouper grouper_;
  std::vector<Document> batch_;
  std::int64_t batch_rows_ = 0;
  std::int64_t next_look_ = 1;  // documents imported until the planner's figures are looked at again
  ImportCounts counts_;
};

}  // namespace

ImportCounts& ImportCounts::operator+=(const ImportCounts& other) {
  rows += other.rows;
  for (std::size_t i = 0; i < rows_by_kind.size(); ++i) {
    rows_by_kind[i] += other.rows_by_kind[i];
    documents_by_kind[i] += other.documents_by_kind[i];
  }
  quantity += other.quantity;
  value += other.value;
  errors += other.errors;
  imported += other.imported;
  already_imported += other.already_imported;
  return *this;
}

Result<ImportCounts> import_file(const Context* context, const Mapping& mapping, connectors::ByteSource& source,
                                 const ImportOptions& options, const ImportHooks& hooks) {
  if (context == nullptr && !options.dry_run) throw std::logic_error("import_file: only a dry run goes without a context");
  return FileImport(context, mapping, source, options, hooks).run();
}

}  // namespace roundtrip::usecases
