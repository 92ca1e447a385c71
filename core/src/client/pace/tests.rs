use futures_util::FutureExt;

use super::*;

const HOLD: Duration = Duration::from_secs(60);

const REFUSED: Signal = Signal::Refused(Limited {
    status: 429,
    retry_after: None,
});

/// Waits, but not for ever: on a paused clock the time is over at once when nothing else is going to happen.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(HOLD * 2, future).await;
    waited.expect("whoever waits is woken")
}

async fn place(pace: &Pace) -> Place<'_> {
    soon(pace.enter(None, |_| {})).await.ok().unwrap()
}

/// All that there are in the beginning.
async fn all_places(pace: &Pace) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for _ in 0..START {
        places.push(place(pace).await);
    }
    places
}

/// Waits until so many stand in line.
async fn in_line(pace: &Pace, count: usize) {
    // Whoever comes needs a turn or two.
    for _ in 0..100 {
        if pace.limits().waiting == count {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{} instead of {count} in line", pace.limits().waiting);
}

fn limit(pace: &Pace) -> usize {
    pace.limits().limit.unwrap()
}

async fn round(pace: &Pace, count: usize, signal: Signal) {
    let mut places = Vec::new();
    for _ in 0..count {
        places.push(place(pace).await);
    }
    places.into_iter().for_each(|place| place.ended(signal));
}

#[tokio::test(start_paused = true)]
async fn grows_while_it_is_used_up_to_the_most() {
    let pace = Pace::new(40, HOLD);
    round(&pace, 1, Signal::Fine).await;
    assert_eq!(limit(&pace), START, "one at a time needs no more");
    round(&pace, START, Signal::Fine).await;
    assert!(limit(&pace) > START);
    for _ in 0..5 {
        round(&pace, limit(&pace), Signal::Fine).await;
    }
    assert_eq!(limit(&pace), 40);
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_refusals_halves_it_once() {
    let pace = Pace::new(256, HOLD);
    round(&pace, START, REFUSED).await;
    assert_eq!(limit(&pace), START / 2);
    assert_eq!(pace.limits().in_flight, 0);
    // And as many places are left.
    let places: Vec<_> = (0..START / 2).map(|_| pace.places.try_acquire()).collect();
    assert!(places.iter().all(Result::is_ok));
    assert!(pace.places.try_acquire().is_err());
}

#[tokio::test(start_paused = true)]
async fn it_never_reaches_zero_and_recovers_slowly() {
    let pace = Pace::new(256, HOLD);
    for _ in 0..20 {
        tokio::time::advance(Duration::from_millis(1)).await;
        round(&pace, 1, REFUSED).await;
    }
    assert_eq!(limit(&pace), 1);
    round(&pace, 1, Signal::Fine).await;
    assert_eq!(limit(&pace), 2);
    round(&pace, 2, Signal::Fine).await;
    assert_eq!(
        limit(&pace),
        2,
        "one more in a round, not one more for each answer"
    );
}

#[tokio::test(start_paused = true)]
async fn all_wait_for_as_long_as_the_service_asked_one() {
    let pace = Pace::new(256, HOLD);
    let asked = Limited {
        status: 429,
        retry_after: Some(Duration::from_secs(5)),
    };
    place(&pace).await.ended(Signal::Refused(asked));
    let end = Instant::now() + Duration::from_secs(1);
    let held = pace.enter(Some(end), |_| {});
    let held = soon(held).await.err().unwrap();
    assert_eq!(held.retry_after, Duration::from_secs(5));
    let before = Instant::now();
    drop(place(&pace).await);
    assert!(before.elapsed() >= Duration::from_secs(5));
    assert_eq!(pace.limits().waits, 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_stands_in_line_waits_too() {
    let pace = std::sync::Arc::new(Pace::new(1, HOLD));
    let first = place(&pace).await;
    let next = tokio::spawn({
        let pace = pace.clone();
        async move { drop(place(&pace).await) }
    });
    in_line(&pace, 1).await;
    let before = Instant::now();
    first.ended(Signal::Refused(Limited {
        status: 503,
        retry_after: Some(Duration::from_secs(5)),
    }));
    soon(next).await.unwrap();
    assert!(before.elapsed() >= Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn the_line_stays_as_it_is_while_all_are_held_back() {
    let pace = std::sync::Arc::new(Pace::new(1, HOLD));
    let asked = Some(Duration::from_secs(5));
    place(&pace).await.ended(Signal::Refused(Limited {
        status: 429,
        retry_after: asked,
    }));
    let (entered, mut order) = tokio::sync::mpsc::unbounded_channel();
    let come = |number: usize| {
        let (pace, entered) = (pace.clone(), entered.clone());
        tokio::spawn(async move {
            let place = place(&pace).await;
            entered.send(number).unwrap();
            place.ended(Signal::Fine);
        })
    };
    for number in 0..3 {
        come(number);
        in_line(&pace, number + 1).await;
    }
    for number in 0..3 {
        assert_eq!(soon(order.recv()).await, Some(number));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_when_the_hold_ends_does_not_push_in() {
    let pace = Pace::new(1, HOLD);
    let asked = Duration::from_secs(5);
    place(&pace).await.ended(Signal::Refused(Limited {
        status: 429,
        retry_after: Some(asked),
    }));
    let mut first = pin!(pace.enter(None, |_| {}));
    let mut last = pin!(pace.enter(None, |_| {}));
    assert!(first.as_mut().now_or_never().is_none());
    tokio::time::advance(asked).await;
    assert!(last.as_mut().now_or_never().is_none());
    assert!(first.now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn who_stands_in_line_and_cannot_wait_for_as_long_is_told_at_once() {
    let pace = Pace::new(1, HOLD);
    let under_way = place(&pace).await;
    let deadline = Instant::now() + Duration::from_secs(1);
    let mut next = pin!(pace.enter(Some(deadline), |_| {}));
    assert!(next.as_mut().now_or_never().is_none());
    under_way.ended(Signal::Refused(Limited {
        status: 429,
        retry_after: Some(Duration::from_secs(5)),
    }));
    let held = soon(next).await.err().unwrap();
    assert_eq!(held.retry_after, Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_nobody_can_keep_holds_nobody_back() {
    let pace = Pace::new(256, HOLD);
    let asked = Limited {
        status: 429,
        retry_after: Some(Duration::from_secs(3600)),
    };
    place(&pace).await.ended(Signal::Refused(asked));
    assert_eq!(pace.limits().held_for, None);
    assert_eq!(pace.limits().limited, Some(asked));
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_waiting_takes_no_place() {
    let pace = Pace::new(1, HOLD);
    let first = place(&pace).await;
    let waiting = tokio::time::timeout(Duration::from_secs(1), pace.enter(None, |_| {})).await;
    assert!(waiting.is_err());
    assert_eq!(pace.limits().waiting, 0);
    first.ended(Signal::Fine);
    drop(place(&pace).await);
    assert_eq!(pace.limits().in_flight, 0);
}

#[tokio::test(start_paused = true)]
async fn rising_latency_reduces_it_before_anything_is_refused() {
    let pace = Pace::new(64, HOLD);
    let slow = |ms| async move { tokio::time::advance(Duration::from_millis(ms)).await };
    for ms in std::iter::repeat_n(10, 30).chain(std::iter::repeat_n(2_000, 4)) {
        let places: Vec<_> = {
            let mut places = Vec::new();
            for _ in 0..limit(&pace) {
                places.push(place(&pace).await);
            }
            places
        };
        slow(ms).await;
        places
            .into_iter()
            .for_each(|place| place.ended(Signal::Fine));
    }
    assert!(limit(&pace) < 64, "{}", limit(&pace));
    assert!(pace.limits().limited.is_none());
}

fn asked_to_wait(seconds: u64) -> Signal {
    Signal::Refused(Limited {
        status: 429,
        retry_after: Some(Duration::from_secs(seconds)),
    })
}

#[tokio::test(start_paused = true)]
async fn places_that_nobody_uses_are_taken_away_too() {
    let pace = Pace::new(256, HOLD);
    place(&pace).await.ended(REFUSED);
    let mut places = Vec::new();
    while let Some(Ok(place)) = pace.enter(None, |_| {}).now_or_never() {
        places.push(place);
    }
    assert_eq!(places.len(), START / 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_ends_makes_no_room_while_too_many_are_under_way() {
    let pace = Pace::new(256, HOLD);
    let mut places = all_places(&pace).await;
    places.pop().unwrap().ended(REFUSED);
    let mut next = pin!(pace.enter(None, |_| {}));
    while places.len() > START / 2 {
        assert!(next.as_mut().now_or_never().is_none(), "{}", places.len());
        places.pop();
    }
    assert!(next.as_mut().now_or_never().is_none());
    places.pop();
    assert!(next.now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn of_several_waits_the_longest_holds() {
    let pace = Pace::new(256, HOLD);
    let [first, second] = [place(&pace).await, place(&pace).await];
    first.ended(asked_to_wait(20));
    second.ended(asked_to_wait(5));
    let before = Instant::now();
    drop(place(&pace).await);
    assert_eq!(before.elapsed(), Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn it_is_told_how_long_was_waited_and_when_the_service_last_refused() {
    let pace = Pace::new(256, HOLD);
    place(&pace).await.ended(asked_to_wait(5));
    drop(place(&pace).await);
    tokio::time::advance(Duration::from_secs(2)).await;
    let limits = pace.limits();
    assert_eq!(limits.waited, Duration::from_secs(5));
    assert_eq!(limits.limited_ago, Some(Duration::from_secs(7)));
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_after_the_wait_does_not_wait() {
    let pace = Pace::new(256, HOLD);
    place(&pace).await.ended(asked_to_wait(5));
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(pace.limits().held_for, None);
    drop(place(&pace).await);
    assert_eq!(pace.limits().waits, 0);
}

#[tokio::test(start_paused = true)]
async fn a_higher_limit_lets_the_next_out_before_anybody_else_ends() {
    let pace = Pace::new(256, HOLD);
    let mut places = all_places(&pace).await;
    let [mut first, mut second] = [0; 2].map(|_| Box::pin(pace.enter(None, |_| {})));
    assert!(first.as_mut().now_or_never().is_none());
    assert!(second.as_mut().now_or_never().is_none());
    places.pop().unwrap().ended(Signal::Fine);
    assert_eq!(limit(&pace), START + 1);
    // Both at the same time: whoever ends makes room.
    let entered = [first.now_or_never(), second.now_or_never()];
    assert!(entered.iter().all(Option::is_some), "one is free, one new");
}
