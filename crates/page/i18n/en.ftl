ask-title = How can we help?
ask-lead = Describe your problem in your own words. If we know the answer, you get it at once; if not, you see your place in the queue.
field-body = Your question
field-name = Your name
field-email = Your e-mail address
field-files = Files
files-hint = up to { $count }, { $size } each
suggestions-title = Perhaps this helps already:
suggestions-more = Read all of it
optional = (optional)
send = Send
typing = Somebody is writing to you …
fault-title = This was not sent.
fault-body = Please write what you need help with, in at most 20,000 characters.
fault-email = Please check the e-mail address, or leave it out.
fault-field = Please check what you typed in the marked field.
fault-file-type = One of the files is of a type we do not take.
fault-file-mismatch = One of the files is not what its name says it is.
fault-file-large = A file is too large.
fault-files-many = These are too many files.
fault-busy = Too much is going on right now. Please send it again in a moment.
fault-state = This is no longer possible for this request.
fault-full = No more fits into this request. Please send what is left as a new one.
fault-site = Your browser did not say that it came from this page. Please send it again from here.
fault-other = Something went wrong. Please try again.
fault-files = Please choose your files again.
size-kb = { $size } KB
size-mb = { $size } MB
earlier-messages = Earlier messages
latest-messages = To the latest messages
ask-again = Ask something else
nothing-title = There is nothing here
nothing-text = Please check the address.
trouble-title = This does not work right now
people-from = Our people are back on { $moment }. What we know already is answered at once.
people-until = Our people are here until { $moment }.
people-always = Our people are here around the clock.
wait-now = If people must answer, it takes about { $minutes } min now, rarely more than { $most } min.
wait-now-hours = If people must answer, it takes about { $hours } h now, rarely more than { $most } h.
day-and-time = { $weekday }, { $day } { $month }, { $time }
moment = { $day } { $month } { $year }, { $time }
weekday = { $number ->
    [0] Monday
    [1] Tuesday
    [2] Wednesday
    [3] Thursday
    [4] Friday
    [5] Saturday
   *[6] Sunday
}
month = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
