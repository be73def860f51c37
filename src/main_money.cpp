// roundtrip reconcile: our books against a gateway's export. roundtrip payouts: files for refunds that are paid by hand.
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "connectors/csv.hpp"
#include "main_commands.hpp"
#include "usecases/access.hpp"
#include "usecases/payouts.hpp"
#include "usecases/reconciliation.hpp"

namespace roundtrip {
namespace {
using nlohmann::ordered_json;

struct MoneyOptions {
  std::string merchant = "demo", gateway, file, payout, who = "operator", let_go, reason;
  bool json = false;
};
using MoneyPointer = std::shared_ptr<MoneyOptions>;

// The database and whose money it is about.
struct MoneyRoom {
  std::unique_ptr<store::Database> database;
  usecases::Context context;
};
MoneyRoom open_money(const Program& program, const MoneyOptions& options) {
  auto database = open_migrated_database(program.load_config());
  const auto merchant = usecases::find_merchant(*database, options.merchant);
  if (!merchant) throw Refused("there is no merchant '" + options.merchant + "'");
  usecases::Context context{*database, merchant->id, {"desk", options.who}, now()};
  return {std::move(database), context};
}

ordered_json reconciliation_json(const usecases::Reconciliation& found) {
  ordered_json differences = ordered_json::array();
  for (const auto& one : found.differences) {
    differences.push_back({{"kind", one.kind},
                           {"what", one.what},
                           {"reference", one.reference},
                           {"ours", one.ours},
                           {"detail", one.detail},
                           {"line", one.line},
                           {"lost", one.lost},
                           {"currency", one.currency}});
  }
  return {{"rows", found.rows},
          {"agreed", found.agreed},
          {"let_go", found.let_go},
          {"fees", found.fees},
          {"fees_booked", found.fees_booked},
          {"from", found.from ? ordered_json(format_rfc3339(*found.from)) : ordered_json(nullptr)},
          {"to", found.to ? ordered_json(format_rfc3339(*found.to)) : ordered_json(nullptr)},
          {"refunded_there", found.refunded_there},
          {"refunded_here", found.refunded_here},
          {"differences", differences}};
}

usecases::Reconciliation read_export(const MoneyRoom& room, const MoneyOptions& options) {
  const auto source = required(connectors::open_file(options.file));
  return required(usecases::reconcile(room.context, options.gateway, *source));
}

// The difference that the operator names, as this very export shows it.
void let_difference_go(const MoneyRoom& room, const MoneyOptions& options, const usecases::Reconciliation& found) {
  for (const auto& one : found.differences) {
    if (one.reference != options.let_go || one.lost == 0) continue;
    required_done(
        usecases::write_off_difference(room.context, {options.gateway, one.what, one.reference, one.lost, one.currency, options.reason}));
    return;
  }
  throw Refused("the export shows no difference in money under '" + options.let_go + "'");
}

void run_reconcile(Program& program, const MoneyOptions& options) {
  const auto room = open_money(program, options);
  auto found = read_export(room, options);
  if (!options.let_go.empty()) {
    let_difference_go(room, options, found);
    found = read_export(room, options);
  }
  if (options.json) {
    std::cout << reconciliation_json(found).dump(2) << '\n';
  } else {
    for (const auto& one : found.differences) {
      std::cout << one.kind << "  " << one.what << "  " << one.reference << (one.ours.empty() ? "" : "  " + one.ours) << "  " << one.detail;
      if (one.line > 0) std::cout << "  (line " << one.line << ")";
      std::cout << '\n';
    }
    for (const auto& [currency, fee] : found.fees) std::cout << "fees of " << fee << " " << currency << " in minor units\n";
    std::cout << found.rows << " rows, " << found.agreed << " agree, " << found.let_go << " let go, " << found.differences.size()
              << " differ, " << found.fees_booked << " fees booked\n";
  }
  program.exit_code = found.differences.empty() ? kExitDone : kExitRefused;
}

void run_payout_export(Program& program, const MoneyOptions& options) {
  const auto room = open_money(program, options);
  const auto made = required(usecases::make_payout(room.context));
  std::ofstream out(options.file, std::ios::binary | std::ios::trunc);
  out << required(usecases::payout_file(room.context, made.id));
  if (!out.flush()) throw Refused("cannot write " + options.file + "; the file is kept: roundtrip payouts show " + to_text(made.id));
  const ordered_json answer = {
      {"payout", to_text(made.id)}, {"refunds", made.refunds}, {"checksum", made.checksum}, {"file", options.file}};
  std::cout << (options.json ? answer.dump(2) : to_text(made.id) + ": " + std::to_string(made.refunds) + " refunds in " + options.file)
            << '\n';
}

void run_payout_show(Program& program, const MoneyOptions& options) {
  const auto room = open_money(program, options);
  const auto id = parse_id<PayoutId>(options.payout);
  if (!id) throw Refused("'" + options.payout + "' is no payout; ids look like pyt_1");
  std::cout << required(usecases::payout_file(room.context, *id));
}

void run_payout_import(Program& program, const MoneyOptions& options) {
  const auto room = open_money(program, options);
  std::ifstream in(options.file, std::ios::binary);
  if (!in) throw Refused("cannot read " + options.file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto answer = required(usecases::take_payout_answer(room.context, text));
  ordered_json faults = ordered_json::array();
  for (const auto& fault : answer.faults) {
    faults.push_back({{"line", fault.line}, {"refund", fault.refund}, {"code", fault.code}, {"detail", fault.detail}});
    if (!options.json) std::cout << "line " << fault.line << "  " << fault.refund << "  " << fault.code << ": " << fault.detail << '\n';
  }
  const ordered_json counts = {{"paid", answer.paid}, {"failed", answer.failed}, {"repeated", answer.repeated}, {"faults", faults}};
  if (options.json)
    std::cout << counts.dump(2) << '\n';
  else
    std::cout << answer.paid << " paid, " << answer.failed << " failed, " << answer.repeated << " paid before, " << answer.faults.size()
              << " faults\n";
  program.exit_code = answer.faults.empty() ? kExitDone : kExitRefused;
}

CLI::App* money_command(CLI::App* parent, Program& program, const std::string& name, const std::string& help, const MoneyPointer& options,
                        void (*work)(Program&, const MoneyOptions&)) {
  auto* command = parent->add_subcommand(name, help);
  command->add_option("--merchant", options->merchant, "the merchant's slug")->capture_default_str();
  command->add_flag("--json", options->json, "answer in JSON");
  command->callback([&program, options, work] { work(program, *options); });
  return command;
}

}  // namespace

void add_money_commands(CLI::App& app, Program& program) {
  auto options = std::make_shared<MoneyOptions>();
  auto* reconcile = money_command(&app, program, "reconcile", "our books against a gateway's export; exit code 1 when they differ", options,
                                  run_reconcile);
  reconcile->add_option("--gateway", options->gateway, "stripe, adyen or paypal")->required();
  reconcile->add_option("file", options->file, "CSV, plain or gzip")->required();
  auto* let_go = reconcile->add_option("--let-go", options->let_go, "write the difference of this reference off");
  auto* reason = reconcile->add_option("--reason", options->reason, "why");
  reconcile->add_option("--by", options->who, "who does it")->capture_default_str();
  let_go->needs(reason);
  auto* payouts = app.add_subcommand("payouts", "refunds that are paid by hand, as files")->require_subcommand(1);
  options = std::make_shared<MoneyOptions>();
  auto* out = money_command(payouts, program, "export", "put what waits into a new file", options, run_payout_export);
  out->add_option("file", options->file, "where to write it")->required();
  out->add_option("--by", options->who, "who does it")->capture_default_str();
  options = std::make_shared<MoneyOptions>();
  money_command(payouts, program, "show", "print a file again", options, run_payout_show)
      ->add_option("payout", options->payout, "pyt_...")
      ->required();
  options = std::make_shared<MoneyOptions>();
  auto* in = money_command(payouts, program, "import", "take the answer: what was paid", options, run_payout_import);
  in->add_option("file", options->file, "the answer")->required();
  in->add_option("--by", options->who, "who does it")->capture_default_str();
}

}  // namespace roundtrip
