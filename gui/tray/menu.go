package tray

import (
	"time"

	"egnyte-accounts/oauth/words"
)

// menu is the part of systray that the tray uses. Nothing is ever removed from it: a
// click during a removal makes systray send on a closed channel. It only appends, so the
// rows for accounts are made first, and hidden until there are accounts.
type menu interface {
	add(title string) item
	separator()
	setBadge(badge)
}

// badge is what the icon shows.
type badge struct {
	attention bool
	tooltip   string
}

// item is one entry of a menu.
type item interface {
	add(title string) item
	setTitle(string)
	show()
	hide()
	clicked() <-chan struct{}
}

// command is what a row's submenu offers.
type command int

const (
	openEgnyte command = iota
	again
	signOut
)

// settle is how long a row that shows another account ignores clicks: the user meant
// the account before.
const settle = 500 * time.Millisecond

// slot is one pooled row.
type slot struct {
	entry, again item // again gets the account going, by what is needed
	shown        row
	visible      bool
	deaf         time.Time // clicks before are not meant for this account
}

// pool shows rows in slots.
type pool struct {
	now   func() time.Time
	slots []*slot
	more  item // below the slots: the accounts that don't fit
	left  int  // how many it says
}

// newPool adds hidden slots to the menu. Watch is called once for each, with the entries
// of its submenu.
func newPool(m menu, now func() time.Time, watch func(slot int, on [3]item)) *pool {
	p := &pool{now: now}
	for at := range mostRows {
		s := &slot{entry: m.add("")}
		s.entry.hide()
		open := s.entry.add(words.Say("Open Egnyte"))
		s.again = s.entry.add(againTitle(row{}))
		watch(at, [3]item{open, s.again, s.entry.add(words.Say("Sign out…"))})
		p.slots = append(p.slots, s)
	}
	p.more = m.add("")
	p.more.hide()
	return p
}

// show makes the menu show the first rows, touching only what differs.
func (p *pool) show(rows []row) {
	for i, s := range p.slots {
		switch {
		case i < len(rows):
			p.fill(s, rows[i])
		case s.visible:
			s.visible = false
			s.entry.hide()
		}
	}
	left := max(0, len(rows)-len(p.slots))
	switch {
	case left == p.left:
	case left == 0:
		p.more.hide()
	default:
		p.more.setTitle(words.Count(left, "{n} more…", "{n} more…"))
		p.more.show()
	}
	p.left = left
}

// againTitle names what the second entry of a row's submenu does.
func againTitle(r row) string {
	switch {
	case r.waiting:
		return words.Say("Cancel")
	case r.locked:
		return words.Say("Unlock password store")
	}
	return words.Say("Reconnect")
}

func (p *pool) fill(s *slot, r row) {
	if s.shown.account != r.account && s.shown.account != "" {
		s.deaf = p.now().Add(settle)
	}
	if s.shown.title != r.title {
		s.entry.setTitle(r.title)
	}
	if s.shown.waiting != r.waiting || s.shown.locked != r.locked {
		s.again.setTitle(againTitle(r))
	}
	s.shown = r
	if !s.visible {
		s.visible = true
		s.entry.show()
	}
}

// account returns the account of a slot that was clicked, "" if the click was not meant
// for it.
func (p *pool) account(at int) string {
	s := p.slots[at]
	if !s.visible || p.now().Before(s.deaf) {
		return ""
	}
	return s.shown.account
}
