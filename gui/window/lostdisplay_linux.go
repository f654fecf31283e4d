//go:build cgo

package window

/*
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *sentence; // NULL while no window is shown

static void tell(void) {
	if (sentence != NULL && write(2, sentence, strlen(sentence)) < 0) {
		return;
	}
}

static void tellAtExit(const char *text) {
	static int registered;
	if (!registered) {
		registered = atexit(tell) == 0;
	}
	sentence = text;
}
*/
import "C"

// ifDisplayIsLost has the sentence told, on stderr, should the display go away
// until done is called. Xlib then ends the process by itself, with exit code 1 and
// words of its own: C's exit handlers are all that runs, and Go's end runs none.
func ifDisplayIsLost(sentence string) (done func()) {
	C.tellAtExit(C.CString("egnyte-accounts: " + sentence + "\n")) // kept: there is one in a process
	return func() { C.tellAtExit(nil) }
}
