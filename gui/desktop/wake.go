package desktop

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"
)

// settleTime is how long the news of a wake or of a network may go on coming
// in before it is acted on: an address comes some time after its interface.
const settleTime = 2 * time.Second

// sleepSlack is how far the wall clock may run ahead of the process's own,
// which stands still while the machine sleeps, before that was a sleep.
const sleepSlack = time.Minute

// Wakes sends after the machine has woken from sleep and after its network has
// become another one, until ctx ends. What comes within two seconds is sent
// once, and news that nobody has taken yet is not sent again. It never polls:
// what a system does not tell is not heard, and said in the log.
//
// On macOS no sleep is heard by itself, but the network's return afterwards is.
func Wakes(ctx context.Context) <-chan struct{} {
	n := &news{slept: make(chan struct{}, 1), touched: make(chan struct{}, 1)}
	wakes := make(chan struct{}, 1)
	n.listen(ctx)
	go n.follow(ctx, network(), network, wakes)
	return wakes
}

// news is what the system tells.
type news struct {
	slept   chan struct{} // a sleep is over
	touched chan struct{} // something about the network may be different
}

// put never blocks: one that waits is as good as two.
func put(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// follow makes wakes of news. Most of what a system tells of its network leaves
// it as it was, such as an address that is good for another hour: only when look
// says something else, a wake is due.
func (n *news) follow(ctx context.Context, before string, look func() string, wakes chan<- struct{}) {
	mark, due := time.Now(), false
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.slept:
			due = true
		case <-n.touched:
		case <-settled:
			settled = nil
			now := look()
			if due || now != before || asleepSince(mark) {
				slog.Info("woken, or in another network")
				put(wakes)
			}
			before, mark, due = now, time.Now(), false
			continue
		}
		if settled == nil {
			settled = time.After(settleTime)
		}
	}
}

// asleepSince reports that the machine has slept since mark. Where the process's
// own clock goes on during a sleep it never does.
func asleepSince(mark time.Time) bool {
	now := time.Now()
	return now.Round(0).Sub(mark.Round(0))-now.Sub(mark) > sleepSlack
}

// network describes how this machine reaches others: its addresses, and where a
// system tells them, its default routes.
func network() string {
	var parts []string
	addresses, _ := net.InterfaceAddrs() // none: no network
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() {
			parts = append(parts, ip.String())
		}
	}
	parts = append(parts, defaultRoutes()...)
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " ")
}
