package desktop

import (
	"testing"
	"testing/synctest"
	"time"
)

// following is news that is followed in a bubble, of a network that the test
// describes.
type following struct {
	*news
	network string
	wakes   chan struct{}
}

func followed(t *testing.T, test func(*testing.T, *following)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &following{news: &news{slept: make(chan struct{}, 1), touched: make(chan struct{}, 1)}, network: "at home", wakes: make(chan struct{}, 1)}
		go f.follow(t.Context(), f.network, func() string { return f.network }, f.wakes)
		synctest.Wait()
		test(t, f)
	})
}

// woken lets time pass, and tells whether there was a wake.
func (f *following) woken() bool {
	time.Sleep(2 * settleTime) // a bubble's: it takes no time
	synctest.Wait()
	select {
	case <-f.wakes:
		return true
	default:
		return false
	}
}

func TestANetworkThatStaysTheSameWakesNobody(t *testing.T) {
	followed(t, func(t *testing.T, f *following) {
		put(f.touched)
		if f.woken() {
			t.Error("woken by a network that is as it was")
		}
	})
}

func TestAnotherNetworkIsAWake(t *testing.T) {
	followed(t, func(t *testing.T, f *following) {
		for _, now := range []string{"", "at work"} {
			f.network = now
			put(f.touched)
			if !f.woken() {
				t.Errorf("nobody is told that the network is now %q", now)
			}
		}
	})
}

func TestTheEndOfASleepIsAWakeInAnyNetwork(t *testing.T) {
	followed(t, func(t *testing.T, f *following) {
		put(f.slept)
		if !f.woken() {
			t.Error("nobody is told")
		}
	})
}

func TestABurstOfNewsIsOneWakeAndADelayOfTwoSeconds(t *testing.T) {
	followed(t, func(t *testing.T, f *following) {
		start := time.Now()
		go func() {
			for range 100 {
				put(f.slept)
				time.Sleep(settleTime / 200)
			}
		}()
		<-f.wakes
		if took := time.Since(start); took != settleTime {
			t.Errorf("told after %s", took)
		}
		if f.woken() {
			t.Error("told twice")
		}
	})
}
