package redirect

import (
	"errors"

	"egnyte-accounts/oauth"
)

// Offer takes a pasted address as if the browser had come with it: the same
// place, the same state, one answer. It is handed over here and not sent through
// the port, where https would need a certificate that this program trusts, and
// a fragment would be lost.
func (r *receiver) Offer(text string) error { return r.offer(text, r.RedirectURI(), false) }

// OfferWithoutState implements oauth.Receiver.
func (r *receiver) OfferWithoutState(text string) error { return r.offer(text, r.RedirectURI(), true) }

// Offer also takes the page's own address, where the page did not send the
// browser on.
func (r relayed) Offer(text string) error {
	err := r.receiver.Offer(text)
	if fault := (*PasteError)(nil); errors.As(err, &fault) && fault.Fault == PasteOtherPlace {
		err = r.offer(text, r.page, false)
	}
	return err
}

func (r *receiver) offer(text, redirectURI string, withoutState bool) error {
	read := readPasted
	if r.fragment.Load() {
		read = readPastedFragment
	}
	callback, err := read(text, redirectURI, r.state)
	fault := (*PasteError)(nil)
	if withoutState && errors.As(err, &fault) && fault.Fault == PasteNoState {
		err = nil
	}
	if err != nil {
		return err
	}
	r.hand(cleaned(text), callback)
	return nil
}

// hand ends the wait, unless it is over.
func (r *receiver) hand(brought string, callback oauth.Callback) {
	if r.claim(brought) == claimed {
		r.callback <- callback
	}
}
