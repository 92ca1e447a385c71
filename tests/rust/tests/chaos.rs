//! A small run of `make chaos`.

use cyberark_identity_tests::chaos::{self, Plan};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_cut_short_while_requests_go_wrong() {
    let plan = Plan {
        creates: 600,
        reads: 3_000,
        lists: 8,
        at_once: 64,
    };
    let report = chaos::play(plan).await.unwrap();
    println!("{report}");
    assert_eq!(report.violations(), Vec::<String>::new());
    assert!(
        report.faults * 30 > report.requests,
        "too few faults to show anything"
    );
    assert!(report.audit.as_told > 540);
}
