#include "hub/commands.hh"
#include "hub/hub_keys.hh"

namespace titip {

int hub_init(const CommandContext& command, const HubSetup& setup, const std::string& keys) {
  std::optional<OldKeys> old;
  if (!keys.empty()) old = OldKeys{read_keys(keys), keys};
  const bool anew = make_hub(command.data, setup, command.config, old);
  const bool indonesian = command.language == Language::indonesian;
  auto text = indonesian ? "Hub " + setup.name + " siap di " + command.data.string() +
                               ". Lanjutkan dengan 'titip-hub run'."
                         : "The hub " + setup.name + " is ready in " + command.data.string() +
                               ". Go on with 'titip-hub run'.";
  if (anew && keys.empty() && setup.rebuild) {
    text += indonesian ? " Undang setiap perangkat dan dinas lagi dan jalankan 'join --replace' di "
                         "sana; tidak ada yang dikirim ke bawah sampai 'titip-hub proceed'."
                       : " Invite each device and district anew and run 'join --replace' there; it "
                         "sends nothing down until 'titip-hub proceed'.";
  } else if (anew) {
    text += indonesian ? " Hub memakai kunci lamanya: isinya dikumpulkan lagi dari perangkat dan "
                         "dinas, dan tidak ada yang dikirim ke bawah sampai 'titip-hub proceed'. "
                         "Jangan jalankan hub yang lama."
                       : " It has its old keys: it gathers its journal again from devices and "
                         "districts, and sends nothing down until 'titip-hub proceed'. Never run "
                         "the old hub again.";
  }
  print_line(text);
  return 0;
}

}  // namespace titip
