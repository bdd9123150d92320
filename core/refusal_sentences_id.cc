// What people read in Indonesian. The grammar of a sentence stands in core/refusal.cc.

#include "core/refusal_sentences.hh"

namespace titip {

namespace {

constexpr SentenceTable table{{
    {Code::not_json,
     "Ini bukan satu objek JSON yang benar: periksa kurung, koma, dan tanda kutip, lalu "
     "kirim lagi."},
    {Code::not_utf8, "Teks ini bukan UTF-8: simpan sebagai UTF-8 lalu kirim lagi."},
    {Code::too_long,
     "Catatan ini terlalu panjang[, batasnya {0} byte]: pendekkan isinya atau bagi "
     "menjadi beberapa catatan."},
    {Code::too_deep,
     "JSON ini bertingkat terlalu dalam[, batasnya {0} tingkat]: tulis seperti contoh di panduan."},
    {Code::duplicate_key, R"(["{field}" ]ditulis lebih dari sekali: sisakan satu saja.)"},
    {Code::unknown_key,
     R"(Ada kunci yang tidak dikenal[ di "{field}"]: hapus atau betulkan ejaannya.)"},
    {Code::missing_key, R"(Kunci wajib[ "{field}"] belum ada: tambahkan.)"},
    {Code::wrong_json_type,
     R"(Nilai[ "{field}"] salah jenis: tulis[ sebagai {0}] seperti contoh di panduan.)"},
    {Code::unknown_type,
     R"(Jenis catatan[ {0}] pada "type" tidak dikenal: betulkan ejaannya atau perbarui Titip.)"},
    {Code::system_type, "Jenis catatan[ {0}] hanya ditulis oleh hub: gunakan perintah titip-hub."},
    {Code::unknown_field,
     R"(Kolom[ "{field}"] tidak ada[ pada {0}]: hapus atau betulkan ejaannya.)"},
    {Code::unknown_op,
     R"(Isi "op" tidak dikenal: pakai new, set, retract, link, unlink, atau resolve.)"},
    {Code::unknown_enumerant,
     R"(Pilihan untuk "{field}" tidak dikenal[: pakai salah satu dari {0}].)"},
    {Code::not_an_integer,
     R"(Isi "{field}" harus bilangan bulat: tulis tanpa koma, titik, atau pangkat, dalam )"
     "satuan kolomnya."},
    {Code::out_of_range,
     R"(Isi "{field}" harus antara {0} dan {1}[, bukan {2}]: periksa satuannya lalu ketik lagi.)"},
    {Code::bad_date,
     R"(Tanggal di "{field}" tidak ada atau salah bentuk: tulis seperti 2024-10-15.)"},
    {Code::bad_time,
     R"(Waktu di "{field}" tidak ada atau salah bentuk: tulis seperti 2024-10-15T09:12:00+09:00.)"},
    {Code::bad_nik, R"(NIK di "{field}" salah: harus 16 angka dengan tanggal lahir yang mungkin; )"
                    "cocokkan dengan KTP atau KK, atau kosongkan."},
    {Code::bad_area,
     R"(Kode wilayah di "{field}" salah: tulis kode Kemendagri seperti 94.04.01.2003 atau )"
     "bagian depannya."},
    {Code::bad_phone,
     R"(Nomor telepon di "{field}" salah: tulis 3 sampai 15 angka, boleh diawali +.)"},
    {Code::bad_text,
     R"(Teks di "{field}" kosong atau berisi karakter kendali seperti baris baru: ketik )"
     "ulang dalam satu baris."},
    {Code::text_too_long, R"(Teks di "{field}" terlalu panjang[, batasnya {0} byte]: pendekkan.)"},
    {Code::bad_id, R"(Pengenal[ di "{field}"] salah: salin persis seperti yang dicetak Titip.)"},
    {Code::unknown_ref,
     R"(Ref[ di "{field}"] belum pernah disimpan di perangkat ini: simpan dulu catatan )"
     "yang dirujuk, atau pakai id-nya."},
    {Code::wrong_ref_type,
     R"(Ref[ di "{field}"] menunjuk jenis catatan lain[, seharusnya {0}]: periksa ref-nya.)"},
    {Code::ref_reused, "Ref ini sudah dipakai untuk catatan dengan isi lain: beri ref baru."},
    {Code::bad_version, R"(Versi[ di "{field}"] salah: salin persis seperti yang ditulis Titip.)"},
    {Code::nothing_set, R"(Tidak ada kolom yang diisi: tulis sedikitnya satu kolom di "set".)"},
    {Code::missing_field, R"(Kolom wajib[ "{field}"][ pada {0}] belum diisi: isi dulu.)"},
    {Code::not_allowed_here,
     R"(["{field}" ]tidak boleh dipakai di sini[ bersama op {0}]: hapus atau periksa "op".)"},
    {Code::record_retracted,
     "Catatan ini sudah dibatalkan: jika masih berlaku, hidupkan lagi dengan resolve."},
    {Code::record_exists, "Catatan dengan id ini sudah ada: pakai op set untuk mengubahnya."},
    {Code::too_contested,
     "Catatan ini punya terlalu banyak perubahan yang tidak saling melihat: baca lagi lalu ubah "
     "yang "
     "tampil sekarang."},
    {Code::linked_to_itself,
     R"("other" menyebut catatan itu sendiri: sebut catatan yang satunya.)"},
    {Code::group_full,
     "Paling banyak {0} catatan dapat menjadi satu: periksa apakah yang sudah disatukan memang "
     "satu "
     "orang."},
    {Code::seen_older,
     "Sudah ada kiriman baru sejak Anda melihatnya, jadi belum ada yang diputuskan: baca lagi "
     "'titip-hub conflicts' lalu putuskan lagi."},
    {Code::not_contested,
     R"(Tidak ada yang bertentangan di sini[ pada "{field}"]: periksa lagi dengan 'titip-hub )"
     "conflicts --all'."},
    {Code::no_such_choice,
     R"(Tidak ada nomor itu untuk dipilih[ pada "{field}"][, hanya 1 sampai {0}]: lihat lagi )"
     "daftarnya."},
    {Code::several_contested,
     "Ada lebih dari satu hal yang harus diputuskan di sini[: {0}]. Sebutkan tiap nomor untuk "
     "kolom "
     "yang mana, misalnya KOLOM:NOMOR."},
    {Code::which_other,
     "Apakah dua catatan itu satu tidak dijawab dengan nomor: pakai --same ID atau --apart ID, "
     "dengan "
     "id catatan yang lain."},
    {Code::one_pair_only,
     "Putuskan satu hal saja tentang sepasang catatan: --same ID atau --apart ID, tanpa yang "
     "lain."},
    {Code::not_asked,
     "Tidak ditanyakan apakah kedua catatan itu satu: 'titip-hub conflicts' menyebut pasangannya. "
     "Jika "
     "tetap ingin mengatakannya, catat peristiwa dengan op link atau unlink."},
    {Code::disk_full,
     "Penyimpanan penuh[ ({0})]: kosongkan ruang; yang sudah disimpan tetap aman dan "
     "masih bisa dikirim."},
    {Code::map_full,
     "Tempat catatan penuh[ ({0})]: sambungkan ke hub agar catatan terkirim, lalu coba lagi."},
    {Code::busy,
     "Sedang sibuk[, coba lagi dalam {0} detik]: tidak ada yang hilang, coba lagi sebentar."},
    {Code::bad_invitation,
     "Undangan ini tidak utuh: salin seluruh tautan titip:// atau pindai lagi kode QR-nya."},
    {Code::invitation_for_agent,
     "Undangan ini untuk perangkat pos kesehatan: terima di sana dengan 'titip-agent join'."},
    {Code::invitation_for_district,
     "Undangan ini untuk dinas kesehatan: terima di sana dengan 'titip-district join'."},
    {Code::invitation_expired,
     "Undangan ini sudah lewat 24 jam: minta yang baru kepada pengelola hub."},
    {Code::invitation_used,
     "Undangan ini sudah dipakai perangkat lain: minta yang baru kepada pengelola hub."},
    {Code::other_hub,
     "Perangkat ini sudah terdaftar di hub lain[ ({0})]: pakai direktori data yang baru untuk hub "
     "ini, atau 'join --replace' kalau hub yang lama sudah tidak ada lagi."},
    {Code::nothing_to_replace,
     "Belum pernah ada yang terdaftar[ di {0}], jadi tidak ada hub yang diganti: jangan pakai "
     "--replace, atau betulkan --data."},
    {Code::same_hub,
     "Undangan ini dari hub yang sudah dipakai: --replace hanya untuk hub yang dibuat baru dengan "
     "kunci lain."},
    {Code::other_facility,
     "Undangan ini untuk {0}, sedangkan direktori data ini milik {1}: minta undangan untuk "
     "fasilitas dan jenis yang sama."},
    {Code::not_enrolled,
     "Perangkat ini belum terdaftar di hub: minta undangan lalu jalankan join."},
    {Code::revoked,
     "Pendaftaran perangkat ini dicabut: hubungi pengelola hub; yang tersimpan di sini "
     "tidak dihapus."},
    {Code::forked,
     "Ada dua salinan dari perangkat ini: matikan salah satunya; tidak ada catatan yang dibuang."},
    {Code::incompatible,
     "Versi Titip di kedua sisi tidak cocok: perbarui hub dahulu, lalu perangkat."},
    {Code::undecodable,
     "Data ini rusak atau bukan dari Titip[ ({0})]: kirim atau salin sekali lagi."},
    {Code::wrong_hub_key,
     "Server menjawab, tetapi bukan hub dari undangan ini: periksa alamatnya atau minta "
     "undangan baru."},
    {Code::hub_unreachable,
     "Hub[ di {0}] tidak terjangkau: periksa sinyal dan alamatnya; catatan tetap "
     "tersimpan di sini."},
    {Code::locked,
     "Direktori data[ {0}] sedang dipakai proses lain: hentikan proses itu atau tunggu "
     "sampai selesai."},
    {Code::no_store,
     "Belum ada data Titip[ di {0}]: jalankan init atau join dahulu, atau betulkan --data."},
    {Code::store_exists,
     "Sudah ada data Titip[ di {0}]: pakai direktori lain supaya tidak ada yang tertimpa."},
    {Code::newer_format,
     "Data ini ditulis oleh Titip yang lebih baru[ (format {0})]: perbarui Titip di komputer ini."},
    {Code::damaged,
     "Data tersimpan rusak[ ({0})]: jangan dihapus; periksa disknya, lalu jalankan "
     "verify atau pulihkan cadangan."},
    {Code::no_permission,
     "Tidak ada izin[ untuk {0}]: jalankan sebagai pengguna titip atau betulkan hak aksesnya."},
    {Code::io_failed,
     "Sistem gagal membaca atau menulis[ ({0})]: periksa disk dan kabelnya, lalu coba lagi."},
    {Code::address_in_use,
     "Alamat[ {0}] sudah dipakai program lain: hentikan program itu atau pilih alamat lain."},
    {Code::bad_config,
     R"(Berkas konfigurasi salah[ pada "{field}"][ ({0})]: betulkan lalu jalankan lagi.)"},
    {Code::bad_option, "Pilihan[ {field}] salah[: {0}]; lihat --help untuk cara menulisnya."},
    {Code::not_found,
     "[{0} ]tidak ditemukan di sini: periksa jenis dan id-nya; mungkin ada di tempat lain."},
    {Code::no_such_node,
     "Hub ini tidak mengenal perangkat itu: lihat titip-hub nodes --json, lalu sebut node atau "
     "kode fasilitasnya."},
    {Code::several_nodes,
     "Fasilitas ini punya beberapa perangkat: sebut salah satu node-nya, seperti dicetak "
     "titip-hub nodes --json."},
    {Code::only_districts,
     "Pilihan[ {field}] hanya untuk --kind district: perangkat lain menerima apa yang menyangkut "
     "fasilitasnya, jadi hapus pilihan itu."},
    {Code::no_file, "Berkas[ {0}] tidak ada: periksa nama dan foldernya."},
    {Code::http_bad_request,
     "Permintaan HTTP ini salah bentuk: periksa alamat, metode, dan isinya."},
    {Code::http_forbidden,
     "Permintaan ini ditolak[ karena {field}-nya]: buka lewat alamat loopback Titip sendiri."},
    {Code::http_wrong_content_type,
     "Jenis isi salah: kirim sebagai application/json atau application/x-ndjson."},
    {Code::http_too_large,
     "Permintaan ini terlalu besar[, batasnya {0} byte]: bagi menjadi beberapa permintaan."},
    {Code::no_such_hub,
     "Dinas ini tidak bergabung dengan hub itu: sebut salah satu seperti dicetak "
     "titip-district status."},
    {Code::several_hubs,
     "Dinas ini menerima dari beberapa hub: sebut salah satu dengan kode fasilitasnya, dengan "
     "--hub atau hub=."},
    {Code::other_kind,
     "Direktori data[ {0}] milik program lain[: {1}]; pakai program itu atau betulkan --data."},
    {Code::no_such_path,
     "Tidak ada apa-apa di alamat ini[ untuk {0}]: periksa jalurnya, dan apakah GET atau POST."},
    {Code::stream_ended,
     "Aliran berakhir karena hub berhenti: jalankan hub, lalu lanjutkan dengan --after dan offset "
     "atau posisi terakhir yang tercetak."},
    {Code::daemon_unreachable,
     "Layanan Titip[ di {0}] tidak menjawab: jalankan dengan perintah run, lalu coba lagi."},
    {Code::bad_policy,
     "Aturan ditulis JENIS.isian=ATURAN, dan aturannya salah satu dari later, authority, max, min "
     "dan review: perbaiki --policy."},
    {Code::policy_no_type,
     "Jenis catatan itu tidak ada: perbaiki ejaannya di --policy, seperti Person.name=later."},
    {Code::policy_no_field,
     "Jenis catatan[ {0}] tidak punya isian itu: perbaiki ejaannya di --policy."},
    {Code::policy_not_for_field,
     "Aturan max dan min hanya untuk angka, tanggal dan waktu[, dan {0} bukan itu]: pilih later, "
     "authority atau review."},
    {Code::policy_twice, "Satu isian diberi dua aturan[: {0}]; cobalah satu demi satu."},
    {Code::file_exists, "Berkas[ {0}] sudah ada: tidak ada yang ditimpa; pilih nama lain."},
    {Code::bad_backup,
     "Berkas[ {0}] bukan cadangan hub Titip yang utuh: terpotong, rusak, atau berkas lain. Tidak "
     "ada yang diubah; pakai salinan lain, atau cadangan yang lebih lama."},
    {Code::bad_keys,
     "Berkas[ {0}] tidak berisi kunci simpul Titip: berikan berkas dari 'keys export' secara "
     "utuh."},
    {Code::no_keys,
     "Tidak ada kunci[ di {0}]: berikan kunci hub ini dengan --keys BERKAS, seperti ditulis 'keys "
     "export'."},
    {Code::other_keys,
     "Kunci ini[ ({0})] bukan milik hub yang dimaksud[: {1}]; pakai kunci miliknya."},
    {Code::store_in_the_way,
     "Sudah ada data tersimpan[ di {0}]: pindahkan ke tempat lain, jangan dihapus, lalu pulihkan "
     "lagi."},
}};
static_assert(in_order_of_code(table));

}  // namespace

std::string_view indonesian_sentence(Code code) {
  return table.at(static_cast<std::size_t>(code)).text;
}

}  // namespace titip
