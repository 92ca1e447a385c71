//! Names in several scripts, each with the ASCII spelling that its owner would use to sign in.

type Name = (&'static str, &'static str);

/// A culture: how names are written, and what comes with them.
struct Culture {
    given: &'static [Name],
    family: &'static [Name],
    language: &'static str,
    dialling_code: &'static str,
    order: Order,
}

#[derive(Clone, Copy)]
enum Order {
    GivenFirst,
    FamilyFirst,
}

/// One generated person.
pub(super) struct Person {
    /// Culture, given name and family name by number: equal for namesakes.
    pub(super) key: (usize, usize, usize),
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) given_ascii: &'static str,
    pub(super) family_ascii: &'static str,
    pub(super) language: &'static str,
    pub(super) dialling_code: &'static str,
    order: Order,
}

impl Person {
    pub(super) fn display_name(&self) -> String {
        match self.order {
            Order::GivenFirst => format!("{} {}", self.given, self.family),
            Order::FamilyFirst => format!("{}{}", self.family, self.given),
        }
    }
}

/// The person with this number.
pub(super) fn person(index: usize) -> Person {
    let mixed = mix(index as u64);
    let culture_number = index % CULTURES.len();
    let culture = &CULTURES[culture_number];
    let given_number = (mixed >> 8) as usize % culture.given.len();
    let family_number = (mixed >> 32) as usize % culture.family.len();
    let (given, given_ascii) = culture.given[given_number];
    let (family, family_ascii) = culture.family[family_number];
    Person {
        key: (culture_number, given_number, family_number),
        given,
        family,
        given_ascii,
        family_ascii,
        language: culture.language,
        dialling_code: culture.dialling_code,
        order: culture.order,
    }
}

/// Spreads neighbouring numbers over the whole range (the finaliser of SplitMix64), so that neighbours in the list
/// do not share their names.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// No ASCII spelling of a given or family name occurs in two cultures with the same partner, so a key tells login
/// names apart.
const CULTURES: &[Culture] = &[
    Culture {
        given: &[
            ("Ana", "ana"),
            ("Tomás", "tomas"),
            ("Inés", "ines"),
            ("Óscar", "oscar"),
            ("Lucía", "lucia"),
            ("Andrés", "andres"),
            ("Sofía", "sofia"),
            ("Ramón", "ramon"),
            ("Noelia", "noelia"),
            ("Joaquín", "joaquin"),
        ],
        family: &[
            ("Núñez", "nunez"),
            ("García", "garcia"),
            ("Peña", "pena"),
            ("Ibáñez", "ibanez"),
            ("Muñoz", "munoz"),
            ("Vázquez", "vazquez"),
            ("Castaño", "castano"),
            ("Ríos", "rios"),
        ],
        language: "es-ES",
        dialling_code: "+34",
        order: Order::GivenFirst,
    },
    Culture {
        given: &[
            ("Zoë", "zoe"),
            ("Jürgen", "juergen"),
            ("Søren", "soeren"),
            ("Łukasz", "lukasz"),
            ("Žofie", "zofie"),
            ("Ağça", "agca"),
            ("Nora", "nora"),
            ("François", "francois"),
            ("Márta", "marta"),
            ("Elin", "elin"),
        ],
        family: &[
            ("Müller", "mueller"),
            ("Østergård", "oestergaard"),
            ("Wójcik", "wojcik"),
            ("Dvořák", "dvorak"),
            ("Çelik", "celik"),
            ("Sjöberg", "sjoeberg"),
            ("Lefèvre", "lefevre"),
            ("Kovács", "kovacs"),
        ],
        language: "de-DE",
        dialling_code: "+49",
        order: Order::GivenFirst,
    },
    Culture {
        given: &[
            ("Ελένη", "eleni"),
            ("Γιώργος", "giorgos"),
            ("Μαρία", "maria"),
            ("Νίκος", "nikos"),
            ("Δήμητρα", "dimitra"),
            ("Θανάσης", "thanasis"),
        ],
        family: &[
            ("Παπαδοπούλου", "papadopoulou"),
            ("Οικονόμου", "oikonomou"),
            ("Βλάχος", "vlachos"),
            ("Γεωργίου", "georgiou"),
            ("Νικολάου", "nikolaou"),
            ("Ψαρράς", "psarras"),
        ],
        language: "el-GR",
        dialling_code: "+30",
        order: Order::GivenFirst,
    },
    Culture {
        given: &[
            ("Анна", "anna"),
            ("Дмитро", "dmytro"),
            ("Ольга", "olha"),
            ("Сергій", "serhii"),
            ("Юлія", "yuliia"),
            ("Тарас", "taras"),
        ],
        family: &[
            ("Шевченко", "shevchenko"),
            ("Коваленко", "kovalenko"),
            ("Мельник", "melnyk"),
            ("Бондар", "bondar"),
            ("Ткачук", "tkachuk"),
            ("Кравець", "kravets"),
        ],
        language: "uk-UA",
        dialling_code: "+380",
        order: Order::GivenFirst,
    },
    Culture {
        given: &[
            ("伟", "wei"),
            ("芳", "fang"),
            ("秀英", "xiuying"),
            ("敏", "min"),
            ("静", "jing"),
            ("磊", "lei"),
        ],
        family: &[
            ("王", "wang"),
            ("李", "li"),
            ("张", "zhang"),
            ("刘", "liu"),
            ("陈", "chen"),
            ("杨", "yang"),
        ],
        language: "zh-CN",
        dialling_code: "+86",
        order: Order::FamilyFirst,
    },
    Culture {
        given: &[
            ("ليلى", "layla"),
            ("عمر", "omar"),
            ("فاطمة", "fatima"),
            ("يوسف", "yusuf"),
            ("هدى", "huda"),
            ("خالد", "khalid"),
        ],
        family: &[
            ("حداد", "haddad"),
            ("منصور", "mansour"),
            ("الخطيب", "alkhatib"),
            ("نصار", "nassar"),
            ("صالح", "saleh"),
            ("عيسى", "issa"),
        ],
        language: "ar-JO",
        dialling_code: "+962",
        order: Order::GivenFirst,
    },
    Culture {
        given: &[
            ("आरती", "aarti"),
            ("राहुल", "rahul"),
            ("दीपा", "deepa"),
            ("अमित", "amit"),
            ("सुनीता", "sunita"),
            ("विकास", "vikas"),
        ],
        family: &[
            ("शर्मा", "sharma"),
            ("पटेल", "patel"),
            ("गुप्ता", "gupta"),
            ("सिंह", "singh"),
            ("नायर", "nair"),
            ("जोशी", "joshi"),
        ],
        language: "hi-IN",
        dialling_code: "+91",
        order: Order::GivenFirst,
    },
    Culture {
        given: &[
            ("さくら", "sakura"),
            ("健太", "kenta"),
            ("陽菜", "hina"),
            ("大輔", "daisuke"),
            ("美咲", "misaki"),
            ("拓海", "takumi"),
        ],
        family: &[
            ("佐藤", "sato"),
            ("鈴木", "suzuki"),
            ("高橋", "takahashi"),
            ("田中", "tanaka"),
            ("渡辺", "watanabe"),
            ("伊藤", "ito"),
        ],
        language: "ja-JP",
        dialling_code: "+81",
        order: Order::FamilyFirst,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn login_spellings_are_ascii_and_differ_between_keys() {
        let mut seen = HashSet::new();
        for culture in CULTURES {
            for (_, given) in culture.given {
                for (_, family) in culture.family {
                    let login = format!("{given}.{family}");
                    assert!(login.is_ascii());
                    assert!(seen.insert(login), "{given}.{family} is written twice");
                }
            }
        }
    }
}
