@0xe4cc49b8cf1be8ab;
# A vocabulary as an earlier Titip had it, for the programs of this folder: some types of
# schema/ilp.capnp, without the fields and enumerants at their ends. It is written down and not
# derived, so that a change of schema/ilp.capnp that an older program could not live with shows
# (schema_test.cc). Node, which every hub writes, is as it is now.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("titip::older");

using import "/schema/rules.capnp".record;
using import "/schema/rules.capnp".duplicates;
using import "/schema/rules.capnp".range;
using import "/schema/rules.capnp".unit;
using import "/schema/rules.capnp".label;
using import "/schema/rules.capnp".merge;
using import "/schema/rules.capnp".refersTo;
using import "/schema/rules.capnp".identifies;
using import "/schema/rules.capnp".addressee;
using import "/schema/rules.capnp".required;
using import "/schema/rules.capnp".format;
using import "/schema/rules.capnp".maxBytes;

using Date = Int32;
using Time = Int64;
using RecordId = UInt64;

struct Vocabulary {
  node @0 :Node;
  person @1 :Person;
  referral @2 :Referral;
  growthMeasurement @3 :GrowthMeasurement;
}

struct Node $record(kind = register, number = 1, system = true)
    $label(id = "Perangkat", en = "Node") {
  facility @0 :Text $format(facility) $required $label(id = "Fasilitas", en = "Facility");
  kind @1 :FacilityKind $required $label(id = "Jenis fasilitas", en = "Facility kind");
  name @2 :Text $required $maxBytes(128) $label(id = "Nama perangkat", en = "Device name");
  publicKey @3 :Text $required $maxBytes(64) $label(id = "Kunci publik", en = "Public key");
  enrolledAt @4 :Time $format(time) $merge(min) $label(id = "Terdaftar sejak", en = "Enrolled at");
  revokedAt @5 :Time $format(time) $merge(min) $label(id = "Dicabut pada", en = "Revoked at");
  area @6 :Text $format(area) $label(id = "Kode wilayah", en = "Area code");
  types @7 :Text $maxBytes(1000) $label(id = "Jenis catatan", en = "Record types");
  areas @8 :Text $maxBytes(1000) $label(id = "Wilayah", en = "Areas");
  withheld @9 :Bool
      $label(id = "Tanpa data identitas", en = "Identifying fields are withheld");
}

struct Person $record(kind = register, number = 3) $duplicates("name birthDate sex")
    $label(id = "Orang", en = "Person") {
  nik @0 :Text $format(nik) $identifies $merge(review) $label(id = "NIK", en = "NIK");
  name @1 :Text $identifies $required $maxBytes(128) $merge(authority)
      $label(id = "Nama", en = "Name");
  sex @2 :Sex $merge(review) $label(id = "Jenis kelamin", en = "Sex");
  birthDate @3 :Date $format(date) $merge(review) $label(id = "Tanggal lahir", en = "Birth date");
  birthDateEstimated @4 :Bool $merge(authority)
      $label(id = "Tanggal lahir perkiraan", en = "Birth date is estimated");
  mother @5 :RecordId $refersTo("Person") $merge(authority) $label(id = "Ibu", en = "Mother");
  motherName @6 :Text $identifies $maxBytes(128) $merge(authority)
      $label(id = "Nama ibu", en = "Mother's name");
  motherNik @7 :Text $format(nik) $identifies $merge(authority)
      $label(id = "NIK ibu", en = "Mother's NIK");
  birthOrder @8 :UInt8 $range(min = 0, max = 9) $unit("1") $merge(authority)
      $label(id = "Urutan lahir kembar", en = "Order in a multiple birth");
  childNumber @9 :UInt8 $range(min = 1, max = 25) $unit("1") $merge(authority)
      $label(id = "Anak ke", en = "Number among the mother's children");
  birthWeightGrams @10 :UInt16 $range(min = 300, max = 7000) $unit("g") $merge(authority)
      $label(id = "Berat lahir", en = "Birth weight");
  birthLengthMillimetres @11 :UInt16 $range(min = 200, max = 700) $unit("mm") $merge(authority)
      $label(id = "Panjang lahir", en = "Birth length");
}

struct Referral $record(kind = register, number = 6, urgent = true)
    $duplicates("person date toFacility") $label(id = "Rujukan", en = "Referral") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  fromFacility @2 :Text $format(facility) $label(id = "Dari fasilitas", en = "From facility");
  toFacility @3 :Text $format(facility) $addressee $required $merge(authority)
      $label(id = "Ke fasilitas", en = "To facility");
  reason @4 :ReferralReason $label(id = "Alasan", en = "Reason");
}

struct GrowthMeasurement $record(kind = observation, number = 12) $duplicates("person date")
    $label(id = "Pengukuran pertumbuhan", en = "Growth measurement") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Anak", en = "Child");
  date @1 :Date $format(date) $required $label(id = "Tanggal ukur", en = "Date measured");
  weightGrams @2 :UInt32 $range(min = 500, max = 40000, usualMin = 5500, usualMax = 18400)
      $unit("g") $label(id = "Berat badan", en = "Weight");
  lengthMillimetres @3 :UInt16 $range(min = 300, max = 1300, usualMin = 614, usualMax = 1094)
      $unit("mm") $label(id = "Panjang/tinggi badan", en = "Length/height");
  posture @4 :Posture $label(id = "Cara ukur", en = "Posture");
}

enum FacilityKind {
  unknown @0 $label(id = "Tidak diketahui", en = "Unknown");
  posyandu @1 $label(id = "Posyandu", en = "Posyandu");
  pustu @2 $label(id = "Pustu", en = "Pustu");
  puskesmas @3 $label(id = "Puskesmas", en = "Puskesmas");
  district @4 $label(id = "Dinas Kesehatan", en = "District office");
}

enum Sex {
  male @0 $label(id = "Laki-laki", en = "Male");
  female @1 $label(id = "Perempuan", en = "Female");
}

enum Posture {
  lying @0 $label(id = "Telentang", en = "Lying");
  standing @1 $label(id = "Berdiri", en = "Standing");
}

enum ReferralReason {
  severeWasting @0 $label(id = "Gizi buruk", en = "Severe wasting");
  stunting @1 $label(id = "Stunting", en = "Stunting");
  weightNotGained @2 $label(id = "Berat badan tidak naik", en = "Weight not gained");
  pregnancyRisk @3 $label(id = "Risiko kehamilan", en = "Risk in pregnancy");
}
