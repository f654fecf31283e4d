package window

import "testing"

// Given the app as it is run, then nothing of Fyne's is queued while its loop closes.
func TestFyneIsAskedForNothingWhileItEnds(t *testing.T) {
	l, ok := newApp().Lifecycle().(interface{ OnStopped() func() })
	if !ok {
		t.Fatal("Fyne's lifecycle can't be asked any more: see keepNoPreferences")
	}
	if l.OnStopped() != nil {
		t.Error("Fyne queues a hook when its loop ends")
	}
}

// Given a window that has ended, then what is posted is dropped: Fyne would run it
// on the caller's goroutine.
func TestWhatIsPostedAfterTheEndIsDropped(t *testing.T) {
	var ui uiThread
	ui.end()
	ui.post(func() { t.Error("it ran") })
}
