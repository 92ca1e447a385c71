use super::*;

fn page(total: Option<i64>, start: Option<i64>, ids: &[&str]) -> PageFacts {
    PageFacts::new(total, start, ids.iter().copied().map(Some))
}

fn paging() -> Paging {
    Paging::new("scim.users.query", 2).unwrap()
}

/// All pages that may be asked for now: where they start.
fn ask(paging: &mut Paging) -> Vec<i64> {
    std::iter::from_fn(|| paging.ask())
        .map(|(start, _)| start)
        .collect()
}

fn accept(paging: &mut Paging, total: i64, start: i64, ids: &[&str]) -> Accepted {
    let page = page(Some(total), Some(start), ids);
    paging.accept(&page).unwrap()
}

#[test]
fn a_list_is_read_to_its_end() {
    let mut paging = paging();
    assert_eq!(paging.ask(), Some((1, 2)));
    accept(&mut paging, 3, 1, &["a", "b"]);
    assert_eq!(paging.ask(), Some((3, 2)));
    accept(&mut paging, 3, 3, &["c"]);
    assert_eq!((paging.ask(), paging.is_done()), (None, true));
}

#[test]
fn more_and_more_pages_are_under_way() {
    let mut paging = paging();
    assert_eq!(ask(&mut paging), [1]);
    accept(&mut paging, 99, 1, &["a", "b"]);
    assert_eq!(ask(&mut paging), [3]);
    accept(&mut paging, 99, 3, &["c", "d"]);
    assert_eq!(ask(&mut paging), [5, 7]);
    accept(&mut paging, 99, 5, &["e", "f"]);
    assert_eq!(ask(&mut paging), [9, 11, 13]);
    accept(&mut paging, 99, 7, &["g", "h"]);
    assert_eq!(ask(&mut paging), [15]);
}

#[test]
fn nothing_is_asked_for_beyond_the_end() {
    let mut paging = paging();
    for (start, expected) in [(1, vec![3]), (3, vec![5])] {
        ask(&mut paging);
        accept(&mut paging, 6, start, &["a", "b"]);
        assert_eq!(ask(&mut paging), expected);
    }
}

#[test]
fn without_a_total_one_page_is_read_after_the_other() {
    let mut paging = paging();
    for start in [1, 3, 5, 7] {
        assert_eq!(ask(&mut paging), [start]);
        let ids = [start.to_string(), (start + 1).to_string()];
        let ids = ids.iter().map(Some);
        paging.accept(&PageFacts::new(None, None, ids)).unwrap();
    }
    paging.accept(&page(None, None, &[])).unwrap();
    assert!(paging.is_done());
}

/// Pages from 5 and 7 on are under way.
fn with_two_under_way() -> Paging {
    let mut paging = paging();
    for start in [1, 3] {
        ask(&mut paging);
        accept(&mut paging, 99, start, &["a", "b"]);
    }
    assert_eq!(ask(&mut paging), [5, 7]);
    paging
}

#[test]
fn a_page_of_another_length_makes_those_after_it_void() {
    for (ids, next) in [(&["c"][..], 6), (&["c", "d", "e"], 8)] {
        let mut paging = with_two_under_way();
        assert!(accept(&mut paging, 99, 5, ids).misplaced);
        assert_eq!(ask(&mut paging), [next]);
    }
}

#[test]
fn another_number_of_items_makes_pages_under_way_void() {
    let mut paging = with_two_under_way();
    assert!(accept(&mut paging, 98, 5, &["c", "d"]).misplaced);
    assert_eq!(ask(&mut paging), [7]);
}

#[test]
fn a_list_that_ends_early_needs_none_of_what_is_under_way() {
    let mut paging = with_two_under_way();
    assert!(accept(&mut paging, 6, 5, &["c", "d"]).misplaced);
    assert!(paging.is_done());
}

#[test]
fn what_is_forgotten_is_asked_for_again() {
    let mut paging = with_two_under_way();
    paging.rewind();
    assert_eq!(ask(&mut paging), [5]);
    accept(&mut paging, 99, 5, &["c", "d"]);
    assert_eq!(ask(&mut paging), [7, 9]);
}

#[test]
fn an_item_that_moved_to_the_next_page_is_given_once() {
    let mut paging = paging();
    ask(&mut paging);
    accept(&mut paging, 4, 1, &["a", "b"]);
    ask(&mut paging);
    let accepted = accept(&mut paging, 5, 3, &["b", "c"]);
    assert_eq!(accepted.new, [false, true]);
    assert_eq!(paging.ask(), Some((5, 2)));
}

#[test]
fn an_empty_page_before_the_end_is_an_error() {
    let mut paging = paging();
    ask(&mut paging);
    accept(&mut paging, 4, 1, &["a", "b"]);
    ask(&mut paging);
    let error = paging.accept(&page(Some(4), Some(3), &[])).unwrap_err();
    assert!(error.to_string().contains("2 of 4"), "{error}");
    assert_eq!(ask(&mut paging), [3]);
}

#[test]
fn a_list_that_shrank_ends() {
    let mut paging = paging();
    ask(&mut paging);
    accept(&mut paging, 3, 1, &["a", "b"]);
    ask(&mut paging);
    accept(&mut paging, 2, 3, &[]);
    assert!(paging.is_done());
}

#[test]
fn a_service_that_starts_again_is_not_followed() {
    for start in [Some(1), None] {
        let mut paging = paging();
        ask(&mut paging);
        accept(&mut paging, 9, 1, &["a", "b"]);
        ask(&mut paging);
        let again = page(Some(9), start, &["a", "b"]);
        assert!(paging.accept(&again).is_err(), "{start:?}");
    }
}

#[test]
fn sizes_and_numbers_of_pages_have_limits() {
    for count in [-1, 0, 1001] {
        assert!(Paging::new("scim.users.query", count).is_err(), "{count}");
    }
    for pages in [0, 17] {
        assert!(paging().with_concurrency(pages).is_err(), "{pages}");
    }
}
