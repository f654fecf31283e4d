package window

import (
	"sync"

	"fyne.io/fyne/v2"
)

// uiThread takes functions that are to run on the UI's thread, until it ends: a
// Fyne whose loop is ending panics at one, and one whose loop is over runs it here
// and now.
type uiThread struct {
	mu   sync.RWMutex
	over bool
}

// post never blocks: Fyne's queue has no bound.
func (u *uiThread) post(f func()) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	if !u.over {
		fyne.Do(f)
	}
}

// end waits for whoever is posting; nobody does afterwards. It comes before Fyne's
// loop is told to end.
func (u *uiThread) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
}

// keepNoPreferences has Fyne 2.8 write none when it ends. It does so by way of its
// loop while that closes, which now and then is a panic ("send on closed channel" in
// runOnMainWithWait) or waits for ever. Nothing of ours is in them.
func keepNoPreferences(a fyne.App) {
	if l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}
