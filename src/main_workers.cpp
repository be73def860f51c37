// Which loops a process runs.
#include "main_workers.hpp"

#include "clients/curl_transport.hpp"
#include "clients/gateway.hpp"
#include "clients/multi_transport.hpp"
#include "usecases/access.hpp"
#include "usecases/labels.hpp"
#include "usecases/notifications.hpp"
#include "usecases/tracking.hpp"
#include "workers/housekeeper.hpp"
#include "workers/label_buyer.hpp"
#include "workers/loop.hpp"
#include "workers/notifier.hpp"
#include "workers/refunder.hpp"
#include "workers/subscriber.hpp"
#include "workers/tracking_poller.hpp"

namespace roundtrip {
namespace {

// A label that cannot be drawn is left to the link: the mail still goes.
std::optional<messages::Attachment> return_label_file(const usecases::Context& context, ReturnId return_id) {
  auto file = usecases::return_label(context, return_id, usecases::LabelFormat::pdf_a4);
  if (!file) return std::nullopt;
  return messages::Attachment{to_text(return_id) + ".pdf", "application/pdf", *std::move(file)};
}

}  // namespace

struct WorkRoom::Impl {
  Impl(const Config& config, store::Database& database)
      : gateway_transport({.allow_private_addresses = clients::gateways_may_be_private(config)}),
        gateways(config, gateway_transport),
        carrier_transport(
            clients::CurlOptions{.allow_private_addresses = config.boolean("carriers.allow_private_addresses"), .idle_handles = 64}),
        carriers(config, carrier_transport),
        links(usecases::installation_link_secret(database), config.text("http.public_url"),
              static_cast<int>(config.integer("links.valid_days"))),
        sender(usecases::make_mail_sender(config)),
        mail{*sender, links, usecases::sender_mailbox(config), return_label_file} {
    workers.add(workers::make_refunder(database, gateways, config));
    workers.add(workers::make_announcer(database, config, carriers));
    workers.add(workers::make_code_remapper(database, config, carriers));
    workers.add(workers::make_tracking_poller(database, config, carriers));
    for (auto& subscriber : workers::make_subscribers(database, config, carriers)) workers.add(std::move(subscriber));
    workers.add(workers::make_label_buyer(database, config, carriers));
    workers.add(workers::make_label_voider(database, config, carriers));
    workers.add(workers::make_pickup_booker(database, config, carriers));
    workers.add(workers::make_pickup_dropper(database, config, carriers));
    workers.add(workers::make_manifester(database, config, carriers));
    workers.add(workers::make_notifier(config, database, mail));
    workers.add(workers::make_housekeeper(database));
  }
  clients::CurlTransport gateway_transport;
  clients::Gateways gateways;
  clients::MultiTransport carrier_transport;
  usecases::Carriers carriers;
  usecases::Links links;
  std::unique_ptr<clients::MailSender> sender;
  usecases::MailRoom mail;
  workers::Workers workers;  // last: its threads use the rest
};

WorkRoom::WorkRoom(const Config& config, store::Database& database) : impl_(std::make_unique<Impl>(config, database)) {}
WorkRoom::~WorkRoom() = default;
void WorkRoom::start() { impl_->workers.start(); }
void WorkRoom::stop() { impl_->workers.stop(); }

}  // namespace roundtrip
